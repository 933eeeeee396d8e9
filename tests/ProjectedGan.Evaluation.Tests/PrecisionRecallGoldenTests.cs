using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

public sealed class PrecisionRecallGoldenTests
{
    [Theory]
    [MemberData(nameof(GoldenRunners.Cases), "pr", MemberType = typeof(GoldenRunners))]
    public void PrecisionRecall_OnGoldenFeatures_MatchesReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        GoldenFeatures golden = new(id, precision);

        var result = PrecisionRecall.Between(golden.Input("in/gen"), golden.Input("in/real"), golden.Argument("k"));

        golden.AssertValue("precision", result.Precision);
        golden.AssertValue("recall", result.Recall);
    }
}

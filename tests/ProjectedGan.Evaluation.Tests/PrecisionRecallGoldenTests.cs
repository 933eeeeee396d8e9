using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

public sealed class PrecisionRecallGoldenTests
{
    [Theory]
    [GoldenCases("pr")]
    [GoldenGaps("pr")]
    public void PrecisionRecall_OnGoldenFeatures_MatchesReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        GoldenRun golden = new(id, precision);

        var result = PrecisionRecall.Between(golden.Given("in/gen"), golden.Given("in/real"), golden.Case.Args.GetProperty("k").GetInt32());

        golden.Compare("precision", result.Precision);
        golden.Compare("recall", result.Recall);
        golden.Finish();
    }
}

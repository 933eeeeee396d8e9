using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

public sealed class InceptionScoreGoldenTests
{
    [Theory]
    [MemberData(nameof(GoldenRunners.Cases), "is", MemberType = typeof(GoldenRunners))]
    public void InceptionScore_OnGoldenLogits_MatchesReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        GoldenFeatures golden = new(id, precision);

        var score = InceptionScore.Of(golden.Input("in/logits").softmax(1), golden.Argument("splits"));

        golden.AssertValue("is_mean", score.Mean);
        golden.AssertValue("is_std", score.StandardDeviation);
    }
}

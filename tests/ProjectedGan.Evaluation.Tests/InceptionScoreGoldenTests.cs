using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

public sealed class InceptionScoreGoldenTests
{
    [Theory]
    [GoldenCases("is")]
    [GoldenGaps("is")]
    public void InceptionScore_OnGoldenLogits_MatchesReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        GoldenRun golden = new(id, precision);

        var score = InceptionScore.Of(golden.Given("in/logits").softmax(1), golden.Case.Args.GetProperty("splits").GetInt32());

        golden.Compare("is_mean", score.Mean);
        golden.Compare("is_std", score.StandardDeviation);
        golden.Finish();
    }
}

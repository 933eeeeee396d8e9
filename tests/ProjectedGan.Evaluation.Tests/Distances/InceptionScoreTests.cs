using ProjectedGan.Evaluation.Distances;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Distances;

public sealed class InceptionScoreTests
{
    [Fact]
    public void Of_UniformProbabilities_IsOne()
    {
        using var scope = NewDisposeScope();
        var score = InceptionScore.Of(ones([20, 5], dtype: ScalarType.Float64).div(5.0));

        Assert.Equal(1, score.Mean, 1e-12);
        Assert.Equal(0, score.StandardDeviation, 1e-12);
    }

    [Fact]
    public void Of_CertainAndEvenlySpreadClasses_IsTheNumberOfClasses()
    {
        using var scope = NewDisposeScope();
        // Certain means probabilities of exactly 0, whose logarithm is −∞.
        var probabilities = eye(4, dtype: ScalarType.Float64).repeat([10, 1]);

        Assert.Equal(4, InceptionScore.Of(probabilities).Mean, 1e-12);
    }

    [Fact]
    public void Of_FewerSamplesThanSplits_SaysSo()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<EvaluationException>(() => InceptionScore.Of(ones([5, 2]).div(2)));
        Assert.Contains("at least 10 samples", error.Message, StringComparison.Ordinal);
    }
}

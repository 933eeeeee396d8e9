using ProjectedGan.Evaluation.Distances;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Distances;

public sealed class PrecisionRecallTests
{
    [Fact]
    public void Between_TheSameSamples_IsOne()
    {
        using var scope = NewDisposeScope();
        var features = RandomFeatures.Make(seed: 1, 50, 8);

        Assert.Equal(new PrecisionRecall(1, 1), PrecisionRecall.Between(features, features));
    }

    [Fact]
    public void Between_CollapsedGenerator_IsPreciseWithoutRecall()
    {
        using var scope = NewDisposeScope();
        var real = RandomFeatures.Make(seed: 2, 200, 4);
        // All samples sit close to one real image.
        var collapsed = real.narrow(0, 0, 1).add(RandomFeatures.Make(seed: 3, 100, 4).mul(1e-3));

        var result = PrecisionRecall.Between(collapsed, real);

        Assert.Equal(1, result.Precision);
        Assert.InRange(result.Recall, 0, 0.02);
    }

    [Fact]
    public void Between_MoreSamplesThanOneBlock_CountsAll()
    {
        using var scope = NewDisposeScope();
        var real = RandomFeatures.Make(seed: 4, 1500, 4);
        var far = real.add(100.0);

        Assert.Equal(new PrecisionRecall(0, 0), PrecisionRecall.Between(far, real));
        Assert.Equal(new PrecisionRecall(0.5, 1), PrecisionRecall.Between(cat([far, real], 0), real));
    }

    [Fact]
    public void Between_TooFewSamples_SaysHowManyAreNeeded()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<EvaluationException>(() => PrecisionRecall.Between(zeros([3, 4]), zeros([5, 4])));
        Assert.Contains("more than 3", error.Message, StringComparison.Ordinal);
    }
}

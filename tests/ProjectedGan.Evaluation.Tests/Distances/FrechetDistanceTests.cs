using ProjectedGan.Evaluation.Distances;
using static ProjectedGan.Evaluation.Tests.Distances.FeatureStatisticsTests;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Distances;

public sealed class FrechetDistanceTests
{
    [Theory]
    [InlineData(10, 10)]
    [InlineData(10, 80)]
    [InlineData(80, 60)]
    public void Between_SwappedArguments_IsTheSame(int first, int second)
    {
        using var scope = NewDisposeScope();
        var a = Gather(RandomFeatures.Make(seed: 1, first, 24), 16);
        var b = Gather(RandomFeatures.Make(seed: 2, second, 24, shift: 0.3), 16);

        var forward = FrechetDistance.Between(a, b);

        Assert.True(forward > 0);
        Assert.Equal(forward, FrechetDistance.Between(b, a), 1e-11 * forward);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(80)]
    public void Between_TheSameSamples_IsZero(int count)
    {
        using var scope = NewDisposeScope();
        var a = Gather(RandomFeatures.Make(seed: 3, count, 24), 16);

        Assert.InRange(FrechetDistance.Between(a, a), 0, 1e-11);
    }

    [Fact]
    public void Between_DiagonalGaussians_IsTheClosedForm()
    {
        using var scope = NewDisposeScope();
        // Corners of a box: the mean is its centre, the covariance is diagonal with the squared half sides.
        var corners = tensor(new double[] { 1, 1, 1, -1, -1, 1, -1, -1 }, [4, 2]);
        var a = Gather(corners.mul(tensor(new double[] { 3, 2 })), 4);
        var b = Gather(corners.mul(tensor(new double[] { 1, 5 })).add(2.0), 4);

        Assert.Equal(4 + 4 + (2 * 2) + (3 * 3), FrechetDistance.Between(a, b), 1e-12);
    }

    [Fact]
    public void Between_FewerSamplesThanDimensions_EqualsThatOfTheirSpan()
    {
        using var scope = NewDisposeScope();
        // Rotating features into more dimensions changes no distance; there both covariances are singular.
        var a = RandomFeatures.Make(seed: 4, 300, 6);
        var b = RandomFeatures.Make(seed: 5, 300, 6, shift: 0.5);
        var rotation = linalg.qr(RandomFeatures.Make(seed: 6, 40, 6)).Q.t();
        var expected = FrechetDistance.Between(Gather(a, 50), Gather(b, 50));

        var embedded = FrechetDistance.Between(Gather(a.matmul(rotation), 50), Gather(b.matmul(rotation), 50));

        Assert.Equal(expected, embedded, 1e-9 * expected);
    }

    [Fact]
    public void Between_OtherDimension_Throws() =>
        Assert.Throws<ArgumentException>(() => FrechetDistance.Between(new FeatureStatistics(3), new FeatureStatistics(4)));

    [Fact]
    public void Between_MoreSamplesThanDimensions_EqualsThatOfTheFeaturesThemselves()
    {
        using var scope = NewDisposeScope();
        var a = RandomFeatures.Make(seed: 7, 400, 150);
        var b = RandomFeatures.Make(seed: 8, 350, 150, shift: 0.1);
        var expected = Moments(a, b) - (2 * FrechetDistance.TraceOfRoot(Centred(a), Centred(b)));

        Assert.Equal(expected, FrechetDistance.Between(Gather(a, 64), Gather(b, 64)), 1e-9 * expected);
    }

    private static Tensor Centred(Tensor features) => features.sub(features.mean([0], keepdim: true)).div(Math.Sqrt(features.shape[0]));

    private static double Moments(Tensor a, Tensor b) =>
        a.mean([0]).sub(b.mean([0])).square().sum().add(Centred(a).square().sum()).add(Centred(b).square().sum()).item<double>();
}

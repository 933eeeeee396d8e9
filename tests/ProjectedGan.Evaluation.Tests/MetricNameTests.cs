using ProjectedGan.Networks.Features.Inception;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Evaluation.Tests;

public sealed class MetricNameTests
{
    [Fact]
    public void Names_OfFidsNetwork_AreTheWellKnownOnes()
    {
        using InceptionV3 network = new();

        Assert.Equal("fid", MetricName.Frechet(network.Name));
        Assert.Equal("kid", MetricName.Kernel(network.Name));
        Assert.Equal("is", MetricName.Inception(network.Name));
        Assert.Equal("precision_inception_v3_fid", MetricName.Precision(network.Name, 3));
        Assert.Equal("recall5_inception_v3_fid", MetricName.Recall(network.Name, 5));
        Assert.Equal("FID", MetricName.FrechetTitle(network.Name));
    }

    [Theory]
    [InlineData("mobilenet_v2")]
    [InlineData("tf_efficientnet_lite0")]
    [InlineData("inception_v3")]
    public void Names_OfOtherNetworks_CarryTheNetwork(string network)
    {
        Assert.Equal("fd_" + network, MetricName.Frechet(network));
        Assert.Equal("kd_" + network, MetricName.Kernel(network));
        Assert.Equal($"Fréchet distance ({network})", MetricName.FrechetTitle(network));
        Assert.DoesNotContain("fid", MetricName.Frechet(network), StringComparison.OrdinalIgnoreCase);
    }
}

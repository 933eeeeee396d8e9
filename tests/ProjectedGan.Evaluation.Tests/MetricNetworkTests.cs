using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.Tests.Fakes;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Features.Inception;
using ProjectedGan.Specification.Metrics;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

[Trait("Speed", "Slow")]
public sealed class MetricNetworkTests
{
    [Fact]
    public void Hash_DependsOnWeightsAndInputSizeAlone()
    {
        using var first = Draw(seed: 1);
        using var same = Draw(seed: 1);
        using var other = Draw(seed: 2);
        var hash = MetricNetwork.Of(first, inputSize: 64).Hash;

        Assert.Equal(hash, MetricNetwork.Of(same, inputSize: 64).Hash);
        Assert.NotEqual(hash, MetricNetwork.Of(other, inputSize: 64).Hash);
        Assert.NotEqual(hash, MetricNetwork.Of(first, inputSize: 96).Hash);
    }

    [Fact]
    public void Evaluate_MobileNet_IsNamedAfterIt()
    {
        using var network = Draw(seed: 1);
        NoiseDataset real = new(12);
        DatasetImages samples = new(new NoiseDataset(9, seed: 2));
        var results = new MetricsRunner(MetricNetwork.Of(network, inputSize: 32))
            .Evaluate(samples, real, new EvaluationOptions { Samples = 9, BatchSize = 4 }, progress: null, CancellationToken.None);

        var figure = Assert.Single(results.Values);
        Assert.Equal(("fd_mobilenet_v2", "mobilenet_v2", 9L, 12L), (figure.Name, figure.Network, figure.Generated, figure.Real));
        Assert.True(figure.Value > 0);
    }

    [Fact]
    public void Evaluate_CleanResizing_HasANameAndAHashOfItsOwn()
    {
        using var network = Draw(seed: 1);
        var own = MetricNetwork.Of(network, inputSize: 32);
        var clean = MetricNetwork.Of(network, inputSize: 32, ImageResizing.Clean);
        DatasetImages samples = new(new NoiseDataset(9, seed: 2));
        double Measure(MetricNetwork by, string name) => new MetricsRunner(by)
            .Evaluate(samples, new NoiseDataset(12), new EvaluationOptions { Samples = 9 }, progress: null, CancellationToken.None)[name];

        Assert.NotEqual(own.Hash, clean.Hash);
        Assert.NotEqual(Measure(own, "fd_mobilenet_v2"), Measure(clean, "fd_mobilenet_v2_clean"));
    }

    [Fact]
    public void Evaluate_FidNetwork_GivesFidAndInceptionScore()
    {
        using InceptionV3 network = new();
        using Generator random = new(3);
        network.Randomize(random);
        DatasetImages samples = new(new NoiseDataset(4, seed: 2));
        EvaluationOptions options = new() { Metrics = [MetricKind.FrechetDistance, MetricKind.InceptionScore], Samples = 4, Splits = 2, BatchSize = 2 };
        var results = new MetricsRunner(MetricNetwork.Of(network)).Evaluate(samples, new NoiseDataset(3), options, progress: null, CancellationToken.None);

        Assert.Equal(["fid", "is"], results.Values.Select(value => value.Name));
        Assert.True(results["fid"] > 0);
        Assert.True(results["is"] >= 1);
        Assert.NotNull(results.Values[1].StandardDeviation);
    }

    private static MobileNetV2 Draw(ulong seed)
    {
        MobileNetV2 network = new();
        using Generator random = new(seed);
        network.Randomize(random);
        return network;
    }
}

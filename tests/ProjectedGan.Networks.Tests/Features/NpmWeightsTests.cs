using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Features.Inception;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Weights.Npm;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

/// <summary>
/// The networks of the npm package nsfwjs. Expected numbers come from an interpreter of the package's own layer lists, written apart
/// from this code in float64, which gives TF.js' logits for the emoji.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class NpmWeightsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MobileNetV2_OfThePattern_HasTheInterpretersTaps(bool optimized)
    {
        using var scope = NewDisposeScope();
        using var network = LoadMobileNet();
        network.to(ScalarType.Float64);
        if (optimized)
        {
            network.Optimize();
        }

        var images = nn.functional.interpolate(
            TestImages.Pattern().to(ScalarType.Float64).div(127.5).sub(1.0),
            size: [224, 224], mode: InterpolationMode.Bilinear, align_corners: false);

        var taps = network.Extract(images);
        var pooled = network.Pool(images);

        (double Norm, double Mean)[] expected =
        [
            (2609.3992652853494, 0.3656055476935479), (1286.4748041419584, 0.9371811351998213),
            (539.8409116535194, 0.04013619621246891), (187.2169231662386, -0.07012626730123397),
        ];
        for (var stage = 0; stage < taps.Length; stage++)
        {
            Assert.Equal(expected[stage].Norm, taps[stage].norm().item<double>(), 1e-6);
            Assert.Equal(expected[stage].Mean, taps[stage].mean().item<double>(), 1e-8);
        }

        Assert.Equal(10.485090626590127, pooled.norm().item<double>(), 1e-8);
        AssertLogits(
            [1.8680610398642743, -0.8607390977175714, 7.111708586799782, -1.445311195888231, -4.005634040128593],
            network.Classify(images), tolerance: 1e-7);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MobileNetV2_OfAnEmoji_HasTensorFlowsLogits(bool optimized)
    {
        using var scope = NewDisposeScope();
        using var network = LoadMobileNet();
        if (optimized)
        {
            network.Optimize();
        }

        var images = TestImages.Emoji("1f600", side: 224).to(ScalarType.Float32).div(127.5f).sub(1f);

        AssertLogits([4.1311, -0.6616, 12.6205, -4.0821, -6.5244], network.Classify(images), tolerance: 2e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NsfwInception_OfThePattern_HasTheInterpretersFeatures(bool optimized)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var network = new NsfwInceptionV3();
        Load(network, "inception_v3", tensors: 382);
        network.to(ScalarType.Float64);
        if (optimized)
        {
            network.Optimize();
        }

        var pooled = network.Pool(TestImages.Pattern());

        Assert.Equal([1L, 2048], pooled.shape);
        Assert.Equal(1.217474333289807, pooled.norm().item<double>(), 1e-9);
        double[] first = [0.142979463967439, 0.02219176700424555, 0.10153894976736835, 0.0011008742467126824, 0.0, 0.06421447554893789];
        Assert.All(first.Index(), item => Assert.Equal(item.Item, pooled[0, item.Index].item<double>(), 1e-9));
        AssertLogits(
            [1.3197215769920592, -1.0068459058320656, 3.972864313374763, -0.9834536588405709, -2.118374639448004],
            network.Classify(TestImages.Pattern()), tolerance: 1e-8);
    }

    private static MobileNetV2 LoadMobileNet()
    {
        set_num_threads(1);
        var network = new MobileNetV2();
        Load(network, network.Name, tensors: 266);
        return network;
    }

    private static void Load(FrozenNetwork network, string packageName, int tensors)
    {
        using var source = TensorFlowJs.ReadPackage(RepositoryFiles.Download("nsfwjs-4.3.0.tgz"), packageName);
        Assert.Equal(tensors, source.Tensors.Count);
        StateDict.Load(network, source, new StateDictOptions { Rename = network.LocalName });
    }

    private static void AssertLogits(double[] expected, Tensor actual, double tolerance)
    {
        Assert.Equal([1L, expected.Length], actual.shape);
        using var values = actual.to(ScalarType.Float64);
        Assert.All(expected.Index(), item => Assert.Equal(item.Item, values[0, item.Index].item<double>(), tolerance));
    }
}

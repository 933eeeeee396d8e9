using ProjectedGan.Networks.Features;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

public sealed class EfficientNetLiteTests
{
    private const string Prefix = "pretrained.";

    [Theory]
    [InlineData(EfficientNetLiteVariant.Lite0, "effnet_lite0")]
    [InlineData(EfficientNetLiteVariant.Lite1, "effnet_lite1")]
    public void LocalName_OfEveryTimmName_IsTheStateDictName(EfficientNetLiteVariant variant, string module)
    {
        using var network = new EfficientNetLite(variant);
        var entries = GoldenFolder.Repository.Module(module).Entries;

        var own = network.state_dict().Keys.ToHashSet();

        Assert.Equal(entries.Count, own.Count);
        foreach (var entry in entries)
        {
            var name = network.LocalName(entry.TimmName!);
            Assert.Equal(entry.Name, Prefix + name);
            Assert.Contains(name!, own);
        }
    }

    [Fact]
    public void LocalName_OfOtherNames_LeavesOutTheHeadAndKeepsTheRest()
    {
        using var network = new EfficientNetLite(EfficientNetLiteVariant.Lite0);

        Assert.Null(network.LocalName("conv_head.weight"));
        Assert.Null(network.LocalName("bn2.running_mean"));
        Assert.Null(network.LocalName("classifier.bias"));
        Assert.Equal("layer0.0.weight", network.LocalName("layer0.0.weight"));
        Assert.Equal("blocks.9.0.conv_dw.weight", network.LocalName("blocks.9.0.conv_dw.weight"));
    }

    [Theory]
    [InlineData(64, 96)]
    [InlineData(75, 61)]
    public void Extract_OfAnySize_HalvesRoundingUpAndSurvivesOptimizing(int height, int width)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        using var network = new EfficientNetLite(EfficientNetLiteVariant.Lite0);
        network.Randomize(generator);
        var images = rand([2, 3, height, width], generator: generator).mul_(2f).sub_(1f);

        var plain = network.Extract(images);
        network.Optimize();
        var optimized = network.Extract(images);

        for (var stage = 0; stage < plain.Length; stage++)
        {
            long[] shape = [2, network.Channels[stage], Reduced(height, stage + 2), Reduced(width, stage + 2)];
            Assert.Equal(shape, plain[stage].shape);
            var error = plain[stage].sub(optimized[stage]).norm().item<float>() / plain[stage].norm().item<float>();
            Assert.InRange(error, 0, 1e-5);
        }

        static long Reduced(int size, int times) => times == 0 ? size : (Reduced(size, times - 1) + 1) / 2;
    }

    [Fact]
    public void Extract_OfGreyImages_NamesTheShape()
    {
        using var scope = NewDisposeScope();
        using var network = new EfficientNetLite(EfficientNetLiteVariant.Lite0);

        var error = Assert.Throws<ArgumentException>(() => network.Extract(zeros([2, 1, 32, 32])));

        Assert.Contains("[2, 1, 32, 32]", error.Message, StringComparison.Ordinal);
    }
}

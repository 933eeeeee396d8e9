using ProjectedGan.Foundation;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.StateDicts;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Discriminators;

/// <summary>The discriminators of images.</summary>
public sealed class DiscriminatorTests
{
    [Fact]
    public void StyleGan2_StateDict_HasTheReferencesNamesAndShapes()
    {
        using var network = new StyleGan2Discriminator(new StyleGan2DiscriminatorOptions { Resolution = 16, WidthFactor = 1 / 64.0, MostChannels = 48, Classes = 5 }, InitialWeights.Zero);

        // 32768 / 64 / side channels, at most 48.
        string[] expected =
        [
            "b16.resample_filter 4,4", "b16.fromrgb.weight 32,3,1,1", "b16.fromrgb.bias 32", "b16.fromrgb.resample_filter 4,4",
            "b16.conv0.weight 32,32,3,3", "b16.conv0.bias 32", "b16.conv0.resample_filter 4,4", "b16.conv1.weight 48,32,3,3", "b16.conv1.bias 48",
            "b16.conv1.resample_filter 4,4", "b16.skip.weight 48,32,1,1", "b16.skip.resample_filter 4,4", "b8.resample_filter 4,4",
            "b8.conv0.weight 48,48,3,3", "b8.conv0.bias 48", "b8.conv0.resample_filter 4,4", "b8.conv1.weight 48,48,3,3", "b8.conv1.bias 48",
            "b8.conv1.resample_filter 4,4", "b8.skip.weight 48,48,1,1", "b8.skip.resample_filter 4,4", "mapping.embed.weight 48,5", "mapping.embed.bias 48",
            .. Enumerable.Range(0, 8).SelectMany(layer => new[] { $"mapping.fc{layer}.weight 48,48", $"mapping.fc{layer}.bias 48" }),
            "b4.conv.weight 48,49,3,3", "b4.conv.bias 48", "b4.conv.resample_filter 4,4", "b4.fc.weight 48,768", "b4.fc.bias 48", "b4.out.weight 48,48", "b4.out.bias 48",
        ];
        Assert.Equal(expected.Order(), StateDict.Named(network).Select(member => $"{member.Name} {string.Join(',', member.Tensor.shape)}").Order());
    }

    [Fact]
    public void StyleGan2_AnImageThatRepeats_ChangesTheLogitsOfItsGroup()
    {
        using var scope = NewDisposeScope();
        using var draws = new Generator(1);
        using var network = new StyleGan2Discriminator(new StyleGan2DiscriminatorOptions { Resolution = 16, WidthFactor = 1 / 128.0, MostChannels = 16 }, new InitialWeights(draws));
        var images = randn([8, 3, 16, 16], ScalarType.Float32, generator: draws);
        var repeated = cat([images.narrow(0, 0, 2), images.narrow(0, 0, 2), images.narrow(0, 4, 4)], 0);

        // Groups are images 0, 2, 4, 6 and 1, 3, 5, 7: both have a repeated one.
        var (before, after) = (network.forward([images], null), network.forward([repeated], null));

        Assert.Equal([8, 1], before.shape);
        foreach (var image in new[] { 4, 5, 6, 7 })
        {
            Assert.NotEqual(before[image, 0].item<float>(), after[image, 0].item<float>());
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(1024)]
    public void FastGan_EveryResolution_GivesLogitsOfPatchesAndDecodedImages(int resolution)
    {
        using var scope = NewDisposeScope();
        using var draws = new Generator(1);
        using var network = new FastGanDiscriminator(new FastGanDiscriminatorOptions { Resolution = resolution, WidthFactor = 1 / 16.0 }, new InitialWeights(draws));
        var images = rand([2, 3, resolution, resolution], ScalarType.Float32, generator: draws).mul(2f).sub(1f);
        var side = Math.Min(resolution, 128);

        var reading = network.Read(images, FastGanDiscriminator.LastWindow, 3);
        var (whole, part) = network.Target(images, FastGanDiscriminator.LastWindow, 3);

        Assert.Equal([2, 25], network.forward([images], null).shape);
        Assert.Equal([2, 25], reading.Logits.shape);
        Assert.All([reading.Whole, reading.Part, whole, part], image => Assert.Equal([2, 3, side, side], image.shape));
        Assert.True(reading.Whole.abs().max().item<float>() <= 1);
        // The window's target is the lower half of the image, from the fourth sixteenth on.
        var quarter = images.narrow(2, resolution / 2, resolution / 2).narrow(3, resolution * 3 / 16, resolution / 2);
        Assert.Equal(quarter.mean().item<float>(), part.mean().item<float>(), 4);
    }

    [Theory]
    [InlineData(12, 1, 16, "StyleGAN2's discriminator cannot see images of 12 pixels; use a power of two of at least 8.")]
    [InlineData(64, 0, 16, "StyleGAN2's discriminator has width factor 0, at most 16 channels and 0 classes; use a factor above 0, up to 16, a channel or more, and 0 classes or more.")]
    public void StyleGan2_ImpossibleShape_NamesIt(int resolution, double factor, int most, string message)
    {
        var options = new StyleGan2DiscriminatorOptions { Resolution = resolution, WidthFactor = factor, MostChannels = most };

        Assert.Equal(message, Assert.Throws<PganException>(() => new StyleGan2Discriminator(options, InitialWeights.Zero)).Message);
    }

    [Fact]
    public void Forward_LabelsThatAreNotWanted_NameTheDiscriminator()
    {
        using var scope = NewDisposeScope();
        using var network = new FastGanDiscriminator(new FastGanDiscriminatorOptions { Resolution = 64, WidthFactor = 1 / 16.0 }, InitialWeights.Zero);

        var error = Assert.Throws<ArgumentException>(() => network.forward([zeros([1, 3, 64, 64])], zeros([1, 3])));

        Assert.StartsWith("FastGanDiscriminator: labels must be given exactly when", error.Message);
    }
}

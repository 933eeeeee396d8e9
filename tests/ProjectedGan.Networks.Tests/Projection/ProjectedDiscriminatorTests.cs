using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Projection;
using ProjectedGan.Testing;
using ProjectedGan.Torch;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Projection;

public sealed class ProjectedDiscriminatorTests
{
    [Theory]
    [InlineData("it_projd_lite0_cout64_n4", false)]
    [InlineData("it_projd_lite0_cout64_n4_sep", true)]
    public void StateDict_OfTheReferencesShape_HasTheReferencesNames(string module, bool separable)
    {
        using var discriminator = Build("tf_efficientnet_lite0", channels: 64, separable, inputSize: 224);

        // Fill fails on the first difference of names, order, shapes or kinds.
        GoldenModule.Fill(discriminator, module, GoldenPrecision.Float32);

        var trainable = discriminator.TrainableParameters().Select(item => item.Name).ToArray();
        Assert.NotEmpty(trainable);
        Assert.All(trainable, name => Assert.StartsWith("discriminator.mini_discs.", name, StringComparison.Ordinal));
        Assert.Equal(
            discriminator.named_parameters().Select(item => item.name).Where(name => !name.StartsWith("feature_network.", StringComparison.Ordinal)),
            trainable);
    }

    [Fact]
    public void Train_SwitchesOnlyTheDiscriminators()
    {
        using var discriminator = Build("mobilenet_v2", channels: 8, separable: false, inputSize: 64);

        discriminator.train();

        Assert.All(discriminator.Projector.modules().Append(discriminator.Projector), module => Assert.False(module.training));
        Assert.All(discriminator.Discriminators.modules(), module => Assert.True(module.training));
        discriminator.eval();
        Assert.All(discriminator.Discriminators.modules(), module => Assert.False(module.training));
    }

    [Fact]
    public void Logits_BackwardPass_ReachesImagesAndDiscriminatorsOnly()
    {
        using var scope = NewDisposeScope();
        using var discriminator = Build("mobilenet_v2", channels: 8, separable: false, inputSize: 256);
        discriminator.train();
        var images = rand([2, 3, 64, 64]).requires_grad_(true);

        var features = discriminator.Features(images);
        discriminator.Logits(features, null).mean().backward();

        Assert.Equal([2L, 8, 128, 128], features[0].shape);
        Assert.True(images.grad!.abs().sum().item<float>() > 0);
        Assert.All(discriminator.Projector.parameters(), parameter => Assert.True(parameter.grad is null));
        Assert.All(discriminator.TrainableParameters(), item => Assert.False(item.Parameter.grad is null, item.Name));
    }

    [Fact]
    public void Features_WithAnInputSize_AreThoseOfTheResizedImages()
    {
        using var scope = NewDisposeScope();
        using var resizing = Build("mobilenet_v2", channels: 8, separable: false, inputSize: 64);
        using var native = Build("mobilenet_v2", channels: 8, separable: false, inputSize: 0);
        var images = rand([2, 3, 32, 32]);
        var resized = nn.functional.interpolate(images, size: [64, 64], mode: InterpolationMode.Bilinear, align_corners: false);

        var expected = native.Features(resized);
        var actual = resizing.Features(images);

        for (var stage = 0; stage < expected.Length; stage++)
        {
            Assert.Equal(0, expected[stage].sub(actual[stage]).abs().max().item<float>());
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-32)]
    public void Constructor_InputSizeThatCannotBeMixed_NamesIt(int size)
    {
        var error = Assert.Throws<PganException>(() => Build("mobilenet_v2", channels: 8, separable: false, inputSize: size));

        Assert.Contains($"input size {size} ", error.Message, StringComparison.Ordinal);
    }

    private static ProjectedDiscriminator Build(string network, int channels, bool separable, int inputSize)
    {
        set_num_threads(1);
        using var generator = new Generator(11);
        var features = FeatureNetworks.Create(network);
        features.Randomize(generator);
        var projector = new FeatureProjector(features, new FeatureProjectorOptions { Channels = channels }, generator);
        var options = new MultiScaleDiscriminatorOptions
        {
            Channels = projector.Channels,
            Resolutions = projector.Resolutions(256),
            Separable = separable,
        };
        return new ProjectedDiscriminator(projector, new MultiScaleDiscriminator(options, new InitialWeights(generator)), inputSize);
    }
}

using ProjectedGan.Foundation;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Layers;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Discriminators;

public sealed class MultiScaleDiscriminatorTests
{
    private static readonly MultiScaleDiscriminatorOptions Small = new()
    {
        Channels = [8, 8, 16, 32],
        Resolutions = [128, 64, 32, 16],
        WidthFactor = 0.125,
    };

    [Fact]
    public void Parameters_OfThePapersDiscriminators_AreAsManyAsTheReferences()
    {
        using var network = new MultiScaleDiscriminator(Small with { Channels = [64, 64, 128, 256], WidthFactor = 1 }, InitialWeights.Zero);

        Assert.Equal(10.3, network.parameters().Sum(parameter => parameter.numel()) / 1e6, 0.05);
    }

    [Fact]
    public void Parameters_AtAQuarterOfTheWidth_AreUnderAMillion()
    {
        using var network = new MultiScaleDiscriminator(Small with { Channels = [32, 32, 64, 128], WidthFactor = 0.25 }, InitialWeights.Zero);

        Assert.Equal(0.83, network.parameters().Sum(parameter => parameter.numel()) / 1e6, 0.01);
    }

    [Theory]
    [InlineData(112, 64)]
    [InlineData(64, 4)]
    [InlineData(128, 100)]
    public void Forward_FeatureSize_DecidesTheNumberOfLogits(int largest, int logits)
    {
        using var generator = new Generator(3, CPU);
        using var network = new MultiScaleDiscriminator(Small, new InitialWeights(generator));
        using var scope = NewDisposeScope();

        var result = network.forward(Features(generator, largest), null);

        Assert.Equal([2, logits], result.shape);
        Assert.True(result.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_Conditional_DependsOnTheLabels(bool separable)
    {
        using var generator = new Generator(3, CPU);
        using var network = new MultiScaleDiscriminator(Small with { Classes = 5, Separable = separable }, new InitialWeights(generator));
        using var scope = NewDisposeScope();
        network.eval();
        var features = Features(generator, 112);

        var first = network.forward(features, eye(5)[..2]);
        var second = network.forward(features, eye(5)[2..4]);

        Assert.True((first - second).abs().max().item<float>() > 1e-5f);
    }

    [Fact]
    public void Forward_TooFewFeatureMaps_SaysHowMany()
    {
        using var network = new MultiScaleDiscriminator(Small, InitialWeights.Zero);
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ArgumentException>(() => network.forward([zeros([1, 8, 64, 64])], null));

        Assert.Equal("MultiScaleDiscriminator: 1 feature maps were given; expected 4.", error.Message);
    }

    [Fact]
    public void Forward_WrongChannels_NamesMapAxisAndSizes()
    {
        using var network = new MultiScaleDiscriminator(Small with { Count = 1 }, InitialWeights.Zero);
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ArgumentException>(() => network.forward([zeros([1, 7, 64, 64])], null));

        Assert.Equal("MultiScaleDiscriminator: features[0] has size 7 on axis 1; expected 8.", error.Message);
    }

    [Fact]
    public void Forward_MapTooSmallForItsBlocks_SaysTheSmallest()
    {
        using var network = new MultiScaleDiscriminator(Small, InitialWeights.Zero);
        using var generator = new Generator(3, CPU);
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ArgumentException>(() => network.forward(Features(generator, 32), null));

        Assert.Equal("MultiScaleDiscriminator: features[0] is 32 x 32; its down blocks need 64 x 64 or more.", error.Message);
    }

    [Fact]
    public void Forward_MissingLabels_Fails()
    {
        using var network = new MultiScaleDiscriminator(Small with { Classes = 5 }, InitialWeights.Zero);
        using var generator = new Generator(3, CPU);
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => network.forward(Features(generator, 112), null));
    }

    [Theory]
    [InlineData(0, 1.0, 0, "Number of discriminators 0 is out of range; use 1 to 4.")]
    [InlineData(5, 1.0, 0, "Number of discriminators 5 is out of range; use 1 to 4.")]
    [InlineData(4, 0.0, 0, "Discriminator width factor 0 is out of range; use more than 0, up to 16.")]
    [InlineData(4, 1.0, -2, "Discriminator class count -2 is negative; use 0 for unconditional discriminators.")]
    public void Construction_OptionOutOfRange_SaysWhich(int count, double factor, int classes, string message)
    {
        var options = Small with { Count = count, WidthFactor = factor, Classes = classes };

        var error = Assert.Throws<PganException>(() => new MultiScaleDiscriminator(options, InitialWeights.Zero));

        Assert.Equal(message, error.Message);
    }

    private static Tensor[] Features(Generator generator, long largest) =>
    [
        randn([2, 8, largest, largest], generator: generator),
        randn([2, 8, largest / 2, largest / 2], generator: generator),
        randn([2, 16, largest / 4, largest / 4], generator: generator),
        randn([2, 32, largest / 8, largest / 8], generator: generator),
    ];
}

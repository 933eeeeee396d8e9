using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Generators;

public sealed class FastGanTests
{
    [Theory]
    [InlineData(64, true)]
    [InlineData(64, false)]
    [InlineData(128, true)]
    [InlineData(256, false)]
    [InlineData(512, true)]
    public void Forward_FreshNetwork_GivesFiniteImagesThatDependOnTheLatents(int resolution, bool lite)
    {
        using var network = Create(new() { Resolution = resolution, Width = 4, LatentSize = 16, Lite = lite });
        using var scope = NewDisposeScope();
        using var generator = new Generator(5, CPU);

        var image = network.forward(randn([2, 16], generator: generator), null, new GeneratorNoise(generator));

        Assert.Equal([2, 3, resolution, resolution], image.shape);
        Assert.True(image.isfinite().all().item<bool>());
        Assert.True((image[0] - image[1]).abs().max().item<float>() > 1e-3f);
    }

    [Fact]
    public void Parameters_OfThePapersGenerator_AreAsManyAsTheReferences()
    {
        using var network = new FastGan(new() { Resolution = 256 }, InitialWeights.Zero);

        Assert.Equal(105.7, Count(network) / 1e6, 0.05);
    }

    [Fact]
    public void Parameters_OfTheDemosGenerator_AreUnderTwoMillion()
    {
        using var network = new FastGan(new() { Resolution = 64, Width = 16, LatentSize = 128, Lite = true }, InitialWeights.Zero);

        Assert.InRange(Count(network), 1_800_000, 2_000_000);
    }

    [Fact]
    public void StateDict_At64_HasOnlyTheUsedBlocks()
    {
        using var network = new FastGan(new() { Resolution = 64, Width = 4, Lite = true }, InitialWeights.Zero);

        var names = GoldenModule.StateOf(network).Select(item => item.Name).ToArray();

        Assert.Contains("synthesis.feat_64.1.weight_orig", names);
        Assert.Contains("synthesis.se_64.main.1.weight_orig", names);
        Assert.DoesNotContain(names, name => name.Contains("_128", StringComparison.Ordinal) || name.Contains("_256", StringComparison.Ordinal));
    }

    [Fact]
    public void PowerIterate_BlocksAboveTheResolution_DoNotMove()
    {
        using var network = Create(new() { Resolution = 128, Width = 4, LatentSize = 16, Lite = true });
        using var scope = NewDisposeScope();
        var vectors = GoldenModule.StateOf(network).Where(item => item.Name.EndsWith("weight_u", StringComparison.Ordinal)).ToArray();
        var before = Array.ConvertAll(vectors, item => item.Tensor.clone());

        SpectralNormalization.PowerIterate(network);

        for (var i = 0; i < vectors.Length; i++)
        {
            var moved = (vectors[i].Tensor - before[i]).abs().max().item<float>() > 0;
            Assert.Equal(!vectors[i].Name.Contains("_256", StringComparison.Ordinal), moved);
        }
    }

    [Fact]
    public void Forward_ConditionalAt512_UsesTheLabels()
    {
        using var network = Create(new() { Resolution = 512, Width = 4, LatentSize = 16, Lite = true, Classes = 3 });
        using var scope = NewDisposeScope();
        var latents = ones([2, 16]);

        var image = network.forward(latents, eye(3)[..2], null);

        Assert.True((image[0] - image[1]).abs().max().item<float>() > 1e-3f);
    }

    [Fact]
    public void Construction_EqualSeeds_GiveEqualWeights()
    {
        FastGanOptions options = new() { Resolution = 64, Width = 4, LatentSize = 16 };
        using var first = Create(options);
        using var second = Create(options);

        foreach (var (one, other) in GoldenModule.StateOf(first).Zip(GoldenModule.StateOf(second)))
        {
            Assert.True(one.Tensor.eq(other.Tensor).all().item<bool>(), one.Name);
        }
    }

    [Theory]
    [InlineData(96, 16, 16, 0, "FastGAN cannot make images of 96 pixels; use one of 64, 128, 256, 512, 1024.")]
    [InlineData(64, 0, 16, 0, "FastGAN latent size 0 is not positive; the paper uses 256.")]
    [InlineData(1024, 16, 4, 0, "FastGAN width 4 is too small for 1024 pixels; use 8 or more.")]
    [InlineData(64, 16, 16, -1, "FastGAN class count -1 is negative; use 0 for an unconditional generator.")]
    public void Construction_OptionOutOfRange_SaysWhich(int resolution, int latentSize, int width, int classes, string message)
    {
        FastGanOptions options = new() { Resolution = resolution, LatentSize = latentSize, Width = width, Classes = classes };

        var error = Assert.Throws<PganException>(() => new FastGan(options, InitialWeights.Zero));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Forward_WrongLatentSize_NamesModuleAxisAndSizes()
    {
        using var network = new FastGan(new() { Resolution = 64, Width = 4, LatentSize = 16 }, InitialWeights.Zero);
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ArgumentException>(() => network.forward(zeros([2, 15]), null, null));

        Assert.Equal("FastGan: latents has size 15 on axis 1; expected 16.", error.Message);
    }

    [Fact]
    public void Forward_LabelsForAnUnconditionalNetwork_Fails()
    {
        using var network = new FastGan(new() { Resolution = 64, Width = 4, LatentSize = 16 }, InitialWeights.Zero);
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => network.forward(zeros([2, 16]), zeros([2, 3]), null));
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(4, "LabelEmbedding: labels have 4 classes; the table has 3.")]
    public void Forward_LabelColumns_UpToTheClassesAreAccepted(int columns, string? message)
    {
        using var network = Create(new() { Resolution = 64, Width = 4, LatentSize = 16, Lite = true, Classes = 3 });
        using var scope = NewDisposeScope();

        var error = Record.Exception(() => network.forward(ones([2, 16]), eye(columns)[..2], null));

        Assert.Equal(message, error?.Message);
    }

    private static FastGan Create(FastGanOptions options)
    {
        using var generator = new Generator(1, CPU);
        return new FastGan(options, new InitialWeights(generator));
    }

    private static long Count(FastGan network) => network.parameters().Sum(parameter => parameter.numel());
}

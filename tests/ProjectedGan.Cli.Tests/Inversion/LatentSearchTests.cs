using ProjectedGan.Cli.Inversion;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Networks;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Generators.Styles;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Tests.Inversion;

/// <summary>Searches for latents of images that the same generator made, so that there is one with distance zero.</summary>
[Trait("Speed", "Slow")]
public class LatentSearchTests
{
    private const int Side = 64;

    // Convolutions of one small image: threads would only wait for each other.
    public LatentSearchTests() => TorchRuntime.SetThreads(1);

    [Theory]
    [InlineData(GeneratorKind.StyleGan2, 0, 0.05)]
    [InlineData(GeneratorKind.Hybrid, 3, 0.05)]
    [InlineData(GeneratorKind.FastGanLite, 0, 0.1)]
    public void Find_ImageOfAKnownLatent_ComesNearAndIsRepeatable(GeneratorKind kind, int classes, double share)
    {
        using var generator = Generator(kind, classes);
        int? label = classes > 0 ? 1 : null;
        using var target = Image(generator, label);
        using var distance = Distance(target);
        LatentSearch search = new(generator, distance) { Steps = 150, Seed = 3, Class = label };
        List<long> told = [];

        var found = search.Find((done, _) => told.Add(done), CancellationToken.None);

        using (found.Point)
        {
            Assert.Equal(150, found.Steps);
            Assert.Equal(Enumerable.Range(1, 150).Select(step => (long)step), told);
            Assert.True(found.Distance < share * found.First, $"The distance went from {found.First} to {found.Distance}.");
            // What is said of the point holds for its image.
            using var image = LatentFile.Render(generator, found.Point, label is { } one ? [one] : [], noise: null);
            using var again = distance.Of(image);
            Assert.Equal(found.Distance, again.item<float>(), 1e-6);
            var second = search.Find((_, _) => { }, CancellationToken.None);
            using (second.Point)
            {
                Assert.Equal(found.Point.data<float>().ToArray(), second.Point.data<float>().ToArray());
                Assert.Equal(found.Distance, second.Distance);
            }
        }
    }

    [Fact]
    public void Find_Cancelled_GivesTheBestSoFar()
    {
        using var generator = Generator(GeneratorKind.StyleGan2, classes: 0);
        using var target = Image(generator, label: null);
        using var distance = Distance(target);
        LatentSearch search = new(generator, distance) { Steps = 1_000 };
        using CancellationTokenSource source = new();

        var found = search.Find((done, _) => Cancel(done, source), source.Token);

        using (found.Point)
        {
            Assert.Equal(5, found.Steps);
            Assert.True(found.Distance <= found.First);
            Assert.Equal(new long[] { 1, ((StyleGenerator)generator).Styles, 8 }, found.Point.shape);
        }

        Assert.Throws<OperationCanceledException>(() => search.Find((_, _) => { }, source.Token));
    }

    private static void Cancel(long done, CancellationTokenSource source)
    {
        if (done == 5)
        {
            source.Cancel();
        }
    }

    private static GeneratorNetwork Generator(GeneratorKind kind, int classes)
    {
        var spec = VerificationSpec.Create(replicas: 1, iterations: 1);
        spec = spec with
        {
            Data = spec.Data with { Classes = classes },
            Generator = spec.Generator with { Kind = kind, Conditional = classes > 0, StyleSize = 8, MostChannels = 8 },
        };
        var generator = new NetworkFactory(spec).CreateGenerator();
        generator.eval();
        generator.NoiseMode = NoiseMode.Stored;
        return generator;
    }

    private static Tensor Image(GeneratorNetwork generator, int? label)
    {
        using var gradients = no_grad();
        using var latents = SampleRandomness.Latents(17, 0, 1, generator.LatentSize);
        return LatentFile.Render(generator, latents, label is { } one ? [one] : [], noise: null);
    }

    private static TargetDistance Distance(Tensor target)
    {
        MobileNetV2 network = new();
        using Generator random = new(1);
        network.Randomize(random);
        return new TargetDistance(network, Side, target);
    }
}

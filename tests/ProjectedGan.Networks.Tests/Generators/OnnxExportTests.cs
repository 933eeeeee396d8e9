using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Generators.Styles;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Generators;

/// <summary>Exported generators make, in ONNX Runtime, the images that they make here.</summary>
[Trait("Speed", "Slow")]
public sealed class OnnxExportTests : IDisposable
{
    private const int Latent = 24;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(64, true, 0)]
    [InlineData(256, true, 0)]
    [InlineData(64, true, 5)]
    [InlineData(64, false, 0)]
    [InlineData(128, false, 5)]
    [InlineData(512, true, 0)]
    public void FastGan_Exported_MakesTheSameImages(int resolution, bool lite, int classes)
    {
        FastGanOptions options = new() { Resolution = resolution, LatentSize = Latent, Width = 8, Lite = lite, Classes = classes };
        Compare(random => new FastGan(options, random), NoiseMode.None);
    }

    [Theory]
    [InlineData(64, StyleArchitecture.Skip, 0, NoiseMode.Stored)]
    [InlineData(128, StyleArchitecture.Skip, 5, NoiseMode.None)]
    [InlineData(64, StyleArchitecture.Residual, 0, NoiseMode.None)]
    [InlineData(128, StyleArchitecture.Residual, 5, NoiseMode.Stored)]
    public void StyleGan2_Exported_MakesTheSameImages(int resolution, StyleArchitecture architecture, int classes, NoiseMode noise)
    {
        StyleGan2Options options = new()
        {
            Resolution = resolution,
            LatentSize = Latent,
            StyleSize = 20,
            MappingLayers = 3,
            Width = 8,
            MostChannels = 30,
            Architecture = architecture,
            Classes = classes,
        };
        Compare(random => new StyleGan2(options, random), noise);
        Compare(random => new StyleGan2(options, random), noise, new Truncation(0.6));
        Compare(random => new StyleGan2(options, random), noise, new Truncation(0.6, Layers: 4));
    }

    [Theory]
    [InlineData(64, 0, NoiseMode.None)]
    [InlineData(256, 5, NoiseMode.Stored)]
    public void Hybrid_Exported_MakesTheSameImages(int resolution, int classes, NoiseMode noise)
    {
        HybridOptions options = new() { Resolution = resolution, LatentSize = Latent, StyleSize = 20, Width = 8, Classes = classes };
        Compare(random => new Hybrid(options, random), noise, new Truncation(0.6));
    }

    [Fact]
    public void Write_AGeneratorThatDrawsNoise_IsRefused()
    {
        using var draws = new Generator(1);
        using var generator = new FastGan(new FastGanOptions { Resolution = 64, Width = 4 }, new InitialWeights(draws));
        Assert.Contains("draws its noise", Refused("a.onnx"), StringComparison.Ordinal);
        generator.NoiseMode = NoiseMode.None;
        Assert.Contains("its folder does not exist", Refused("none/a.onnx"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File(".")));

        string Refused(string name) => Assert.ThrowsAny<PganException>(() => OnnxExport.Write(generator, _folder.File(name), [])).Message;
    }

    private void Compare(Func<InitialWeights, GeneratorNetwork> create, NoiseMode noise, Truncation? truncation = null)
    {
        set_num_threads(1);
        using var draws = new Generator(1);
        using var generator = create(new InitialWeights(draws));
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        Settle(generator, draws);
        (generator.NoiseMode, generator.Truncation) = (noise, truncation);
        OnnxExport.Write(generator, _folder.File("a.onnx"), [new("kind", "test")]);

        using var model = new InferenceSession(_folder.File("a.onnx"));
        Assert.Equal("test", model.ModelMetadata.CustomMetadataMap["kind"]);
        Assert.Equal([-1, 3, generator.Resolution, generator.Resolution], model.OutputMetadata[OnnxExport.Images].Dimensions);
        foreach (var count in new[] { 1, 3 })
        {
            var latents = randn([count, Latent], generator: draws);
            var labels = Labels(generator, first: 2, count);
            var images = generator.forward(latents, labels, null).contiguous();
            Assert.True(images.std().item<float>() > 0.01f, "The images are flat, so that any network would agree.");
            List<NamedOnnxValue> inputs = [Value(OnnxExport.Latents, latents)];
            if (labels is not null)
            {
                inputs.Add(Value(OnnxExport.Classes, labels));
            }

            using var results = model.Run(inputs, [OnnxExport.Images]);
            var theirs = tensor(results[0].AsEnumerable<float>().ToArray()).reshape(images.shape);
            Assert.InRange((theirs - images).abs().max().item<float>() / images.abs().max().item<float>(), 0, 1e-4f);
        }
    }

    // Statistics, averages and strengths other than a fresh network's.
    private static void Settle(GeneratorNetwork generator, Generator draws)
    {
        foreach (var (name, parameter) in generator.named_parameters())
        {
            if (name.EndsWith("noise_strength", StringComparison.Ordinal) || name.EndsWith("bias", StringComparison.Ordinal))
            {
                parameter.add_(randn(parameter.shape, generator: draws) * 0.3f);
            }
        }

        SpectralNormalization.PowerIterate(generator);
        generator.train();
        generator.forward(randn([4, Latent], generator: draws), Labels(generator, first: 0, 4), new GeneratorNoise(draws)).Dispose();
        generator.eval();
    }

    private static torch.Tensor? Labels(GeneratorNetwork generator, int first, int count) => generator.Classes == 0
        ? null
        : nn.functional.one_hot(arange(first, first + count, ScalarType.Int64), generator.Classes).to_type(ScalarType.Float32);

    private static NamedOnnxValue Value(string name, torch.Tensor values) => NamedOnnxValue.CreateFromTensor(
        name, new DenseTensor<float>(values.contiguous().data<float>().ToArray(), [.. values.shape.Select(size => (int)size)]));
}

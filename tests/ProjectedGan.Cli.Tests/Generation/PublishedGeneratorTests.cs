using System.Text.Json;
using ProjectedGan.Cli.Generation;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Generators.Styles;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Testing;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Tests.Generation;

/// <summary>Network pickles that a Python script wrote, read here.</summary>
[Trait("Speed", "Slow")]
public sealed class PublishedGeneratorTests : IDisposable
{
    private const string StyleGan2Synthesis = "SynthesisNetwork";

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("c10_stylegan2_r64")]
    [InlineData("c10_stylegan2_cond7_r64")]
    public void Import_StyleGan2OfTheGoldenCase_MakesTheReferencesImages(string id)
    {
        var run = Golden(id);
        var args = run.Module().Args;
        StyleGan2Options options = new()
        {
            LatentSize = args.GetProperty("z_dim").GetInt32(),
            StyleSize = args.GetProperty("w_dim").GetInt32(),
            MappingLayers = args.GetProperty("mapping_kwargs").GetProperty("num_layers").GetInt32(),
            Resolution = args.GetProperty("img_resolution").GetInt32(),
            Width = args.GetProperty("channel_base").GetInt32() / 128,
            MostChannels = args.GetProperty("channel_max").GetInt32(),
            Classes = args.GetProperty("c_dim").GetInt32(),
        };
        using var original = GoldenModule.Fill(new StyleGan2(options, InitialWeights.Zero), run.Module(), run.Precision);

        using var imported = Import(original, StyleGan2Synthesis, ".activation=lrelu", ".conv_clamp=256");

        Assert.Equal((options.LatentSize, options.Classes), (imported.Spec.Generator.LatentSize, imported.Spec.Data.Classes));
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var latents = run.Input("input:z");
        var labels = run.HasInput("input:c") ? run.Input("input:c") : null;
        run.Compare("eval/image_const", imported.Network.forward(latents, labels, StoredNoise.Instance));
        run.Compare("eval/image_none", imported.Network.forward(latents, labels, null));
        imported.Network.Truncation = new Truncation(0.7);
        run.Compare("eval/image_const_full", imported.Network.forward(latents, labels, StoredNoise.Instance));
        run.Skip(output => !output.Name.StartsWith("eval/image", StringComparison.Ordinal));
        run.Finish();
    }

    [Theory]
    [InlineData("c01_fastgan_lite_ngf16_z64_r128", "FastganSynthesis")]
    [InlineData("c02_fastgan_full_ngf8_z64_r256", "FastganSynthesis")]
    [InlineData("c03_fastgan_cond7_lite_ngf8_z64_r256", "FastganSynthesisCond")]
    public void Import_FastGanOfTheGoldenCase_MakesTheReferencesImages(string id, string synthesis)
    {
        var run = Golden(id);
        var args = run.Module().Args;
        var classes = run.HasInput("input:c") ? (int)run.Input("input:c").size(1) : 0;
        FastGanOptions options = new()
        {
            LatentSize = args.GetProperty("z_dim").GetInt32(),
            Resolution = args.GetProperty("img_resolution").GetInt32(),
            Width = args.GetProperty("ngf").GetInt32(),
            Lite = args.TryGetProperty("lite", out var lite) && lite.ValueKind == JsonValueKind.True,
            Classes = classes,
        };
        using var original = GoldenModule.Fill(new FastGan(options, InitialWeights.Zero), run.Module(), run.Precision);

        using var imported = Import(original, synthesis, $"c_dim={classes}", $"img_resolution={options.Resolution}");

        var kind = options.Lite ? GeneratorKind.FastGanLite : GeneratorKind.FastGan;
        Assert.Equal((kind, classes), (imported.Spec.Generator.Kind, imported.Network.Classes));
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        run.Compare("eval/image", imported.Network.forward(run.Input("input:z"), classes > 0 ? run.Input("input:c") : null, null));
        run.Skip(output => output.Name != "eval/image");
        run.Finish();
    }

    [Fact]
    public void Import_ResidualStyleGan2_MakesTheSameImages()
    {
        using Generator draws = new(3);
        StyleGan2Options options = new()
        {
            Resolution = 128,
            LatentSize = 12,
            StyleSize = 10,
            MappingLayers = 3,
            Width = 8,
            MostChannels = 24,
            Architecture = StyleArchitecture.Residual,
            Classes = 3,
        };
        using StyleGan2 original = new(options, new InitialWeights(draws));
        original.eval();

        using var imported = Import(original, StyleGan2Synthesis);

        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var latents = randn([2, 12], generator: draws);
        var labels = tensor(new float[] { 0, 1, 0, 0, 0, 1 }, [2, 3]);
        var images = original.forward(latents, labels, null);
        Assert.True(images.std().item<float>() > 0.01f, "The images are flat, so that any network would agree.");
        var theirs = imported.Network.forward(latents, labels, null);
        Assert.InRange((theirs - images).abs().max().item<float>() / images.abs().max().item<float>(), 0, 1e-5f);
    }

    [Theory]
    [InlineData("SynthesisNetwork3", "the class Generator with the synthesis network SynthesisNetwork3")]
    [InlineData(StyleGan2Synthesis, "conv_clamp' is 100; 256 is read", ".conv_clamp=100")]
    [InlineData(StyleGan2Synthesis, "bias_gain' is 1; 0.01 is read", ".bias_gain=1")]
    [InlineData(StyleGan2Synthesis, "activation' is relu; lrelu or linear is read", ".activation=relu")]
    public void Import_AnotherNetwork_IsRefused(string synthesis, string expected, params string[] attributes)
    {
        using StyleGan2 original = new(new StyleGan2Options { Resolution = 64, Width = 4, MostChannels = 8 }, InitialWeights.Zero);
        var error = Assert.Throws<WeightFileException>(() => Import(original, synthesis, attributes)).Message;
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(File.Exists(_home.At("imported.safetensors")));
    }

    [Fact]
    public void Import_DamagedFile_SaysWhatIsWrong()
    {
        using FastGan original = new(new FastGanOptions { Resolution = 64, Width = 4, LatentSize = 8, Lite = true }, InitialWeights.Zero);
        var error = Assert.Throws<PganException>(() => Import(original, "FastganSynthesis", "img_resolution=32")).Message;
        Assert.Contains("data.resolution is 32", error, StringComparison.Ordinal);
        var whole = File.ReadAllBytes(_home.At("network.pkl"));
        foreach (var length in new[] { 0, 1, whole.Length / 3, whole.Length - 1 })
        {
            File.WriteAllBytes(_home.At("cut.pkl"), whole[..length]);
            Assert.Contains("cut.pkl", Refused("cut.pkl"), StringComparison.Ordinal);
        }

        Assert.Contains("no pickle of modules", Refused("state.safetensors"), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refused("none.pkl"), StringComparison.Ordinal);
        Assert.False(File.Exists(_home.At("x.safetensors")));

        string Refused(string name) =>
            Assert.Throws<WeightFileException>(() => PublishedGenerator.Import(_home.At(name), _home.At("x.safetensors"))).Message;
    }

    private static GoldenRun Golden(string id) =>
        new(GoldenFolder.Repository.Identity(GoldenFolder.Repository.Case(id)), GoldenPrecision.Float32);

    private TrainedGenerator Import(GeneratorNetwork original, string synthesis, params string[] attributes)
    {
        StateDict.Save(original, _home.At("state.safetensors"));
        string[] files = [_home.At("state.safetensors"), _home.At("network.pkl")];
        PyTorchPeer.Run("network_pickle.py", [.. files, synthesis, _home.At("executed"), .. attributes]);
        try
        {
            PublishedGenerator.Import(_home.At("network.pkl"), _home.At("imported.safetensors"));
        }
        finally
        {
            // What the file would have run.
            Assert.False(File.Exists(_home.At("executed")));
        }

        return TrainedGenerator.Open(_home.At("imported.safetensors"), CPU);
    }
}

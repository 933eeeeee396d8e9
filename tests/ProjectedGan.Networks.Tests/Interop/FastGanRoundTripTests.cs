using System.Runtime.InteropServices;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Interop;

/// <summary>A generator's weights, saved here, make the same images in a generator that is written in plain PyTorch.</summary>
[Trait("Speed", "Slow")]
public sealed class FastGanRoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    public void Generator_SavedHere_MakesTheSameImagesInPyTorch(int resolution)
    {
        set_num_threads(1);
        using var random = new Generator(1);
        using var generator = new FastGan(
            new FastGanOptions { Resolution = resolution, LatentSize = 32, Width = 16, Lite = true }, new InitialWeights(random));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        // One training-mode pass, so that batch statistics and spectral vectors are not those of a fresh network.
        var latents = randn([4, 32], generator: random);
        SpectralNormalization.PowerIterate(generator);
        generator.train();
        generator.forward(latents, null, null);
        generator.eval();
        var images = generator.forward(latents, null, null);

        StateDict.Save(generator, _folder.File("G_ema.safetensors"));
        TensorFile.Write(_folder.File("latents.safetensors"), [("latents", latents)]);
        var shape = PyTorchPeer.Run(
            "generate_images.py", _folder.File("G_ema.safetensors"), _folder.File("latents.safetensors"), _folder.File("images.f32"), $"{resolution}", "16");

        Assert.Equal($"[4, 3, {resolution}, {resolution}]", shape.Trim());
        Assert.True(images.std().item<float>() > 0.01f, "The images are flat, so that any network would agree.");
        var theirs = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.File("images.f32"))).ToArray();
        using var difference = tensor(theirs).reshape(images.shape).sub(images).abs().max();
        Assert.InRange(difference.item<float>(), 0, 1e-4f);
    }
}

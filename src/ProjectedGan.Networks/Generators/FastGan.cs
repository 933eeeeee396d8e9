using ProjectedGan.Foundation;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators;

/// <summary>
/// FastGAN's generator as Projected GAN uses it: spectrally normalised convolutions, gated linear units and skip-layer
/// excitation. The image is not squashed.
/// </summary>
public sealed class FastGan : GeneratorNetwork, IOnnxGenerator
{
    private static readonly int[] Resolutions = [64, 128, 256, 512, 1024];

    private readonly FastGanOptions _options;

    [ComponentName(Name = "synthesis")]
    private readonly FastGanSynthesis _synthesis;

    /// <exception cref="PganException">An option is out of range.</exception>
    public FastGan(FastGanOptions options, InitialWeights initial)
        : base(nameof(FastGan))
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(initial);
        Validate(options);
        _options = options;
        _synthesis = new FastGanSynthesis(options, initial);
        RegisterComponents();
    }

    public override long LatentSize => _options.LatentSize;

    public override int Resolution => _options.Resolution;

    public override int Classes => _options.Classes;

    protected override Tensor Synthesize(Tensor latents, Tensor? labels, INoiseSource? noise) =>
        _synthesis.forward(latents, labels, noise);

    OnnxValue IOnnxGenerator.Export(OnnxGraph graph, OnnxValue latents, OnnxValue? labels) => _synthesis.Export(graph, latents, labels);

    private static void Validate(FastGanOptions options)
    {
        if (!Resolutions.Contains(options.Resolution))
        {
            throw new PganException(
                $"FastGAN cannot make images of {options.Resolution} pixels; use one of {string.Join(", ", Resolutions)}.");
        }

        if (options.LatentSize < 1)
        {
            throw new PganException($"FastGAN latent size {options.LatentSize} is not positive; the paper uses 256.");
        }

        // Below this width the image's last layers or the highest excitation would have no channel.
        var smallest = options.Resolution == 1024 ? 8 : 4;
        if (options.Width < smallest)
        {
            throw new PganException($"FastGAN width {options.Width} is too small for {options.Resolution} pixels; use {smallest} or more.");
        }

        if (options.Classes < 0)
        {
            throw new PganException($"FastGAN class count {options.Classes} is negative; use 0 for an unconditional generator.");
        }
    }
}

/// <summary>The shape of a FastGAN generator (Liu et al. 2021, "Towards Faster and Stabilized GAN Training").</summary>
public sealed record FastGanOptions
{
    /// <summary>Side of the images: 64, 128, 256, 512 or 1024 pixels.</summary>
    public required int Resolution { get; init; }

    /// <summary>Size of a latent vector. The Projected GAN paper's value is the default.</summary>
    public int LatentSize { get; init; } = 256;

    /// <summary>Channels at 128² (the paper's ngf); the other resolutions have fixed multiples of it.</summary>
    public int Width { get; init; } = 128;

    /// <summary>One convolution a block and no noise: the better choice for small data sets.</summary>
    public bool Lite { get; init; }

    /// <summary>Number of classes; 0 for an unconditional generator.</summary>
    public int Classes { get; init; }
}

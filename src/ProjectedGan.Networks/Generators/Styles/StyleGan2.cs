using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Torch;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>StyleGAN2's generator (Karras et al. 2020): a mapping network to styles, and a synthesis network that they modulate.</summary>
/// <remarks>Differs from the reference: no style mixing, which Projected GAN trains without.</remarks>
public sealed class StyleGan2 : GeneratorNetwork
{
    private static readonly int[] Resolutions = [64, 128, 256, 512, 1024];

    private readonly StyleGan2Options _options;

    [ComponentName(Name = "synthesis")]
    private readonly StyleSynthesis _synthesis;

    [ComponentName(Name = "mapping")]
    private readonly MappingNetwork _mapping;

    /// <exception cref="PganException">An option is out of range.</exception>
    public StyleGan2(StyleGan2Options options, InitialWeights initial)
        : base(nameof(StyleGan2))
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(initial);
        Validate(options);
        _options = options;
        _mapping = new MappingNetwork(options, initial);
        _synthesis = new StyleSynthesis(options, initial);
        RegisterComponents();
    }

    public override long LatentSize => _options.LatentSize;

    public override int Resolution => _options.Resolution;

    public override int Classes => _options.Classes;

    public override bool CanTruncate => true;

    /// <summary>Styles S that an image takes, one a convolution and one for the image.</summary>
    public int Styles => _synthesis.Styles;

    /// <summary>The styles of latents; in training mode the average style follows them where <see cref="GeneratorNetwork.TracksAverage"/> says so.</summary>
    /// <param name="latents">Standard normal [N, Z].</param>
    /// <param name="labels">One-hot [N, C]; null exactly for an unconditional generator.</param>
    /// <param name="truncation">Where the styles are moved towards the average; null for nowhere.</param>
    /// <returns>[N, S, W].</returns>
    public Tensor Map(Tensor latents, Tensor? labels, Truncation? truncation = null)
    {
        using var scope = NewDisposeScope();
        var styles = _mapping.forward(latents, labels); // [N, W]
        if (training && TracksAverage)
        {
            _mapping.Track(styles);
        }

        var all = styles.unsqueeze(1).expand(-1, Styles, -1); // [N, S, W]
        if (truncation is null)
        {
            return all.MoveToOuterDisposeScope();
        }

        var truncated = _mapping.Truncate(all, truncation.Psi);
        var layers = Math.Min(truncation.Layers ?? Styles, Styles);
        return cat([truncated.narrow(1, 0, layers), all.narrow(1, layers, Styles - layers)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The images of styles.</summary>
    /// <param name="styles">[N, S, W].</param>
    /// <param name="noise">Source of the injected noise; <see cref="StoredNoise"/> for the network's own; null for none.</param>
    /// <returns>[N, 3, R, R].</returns>
    public Tensor Synthesize(Tensor styles, INoiseSource? noise)
    {
        ShapeGuard.Check(GetName(), nameof(styles), styles, ShapeGuard.Any, Styles, _options.StyleSize);
        return _synthesis.forward(styles, noise);
    }

    protected override Tensor Synthesize(Tensor latents, Tensor? labels, INoiseSource? noise)
    {
        using var styles = Map(latents, labels, Truncation);
        return _synthesis.forward(styles, noise);
    }

    private static void Validate(StyleGan2Options options)
    {
        if (!Resolutions.Contains(options.Resolution))
        {
            throw new PganException($"StyleGAN2 cannot make images of {options.Resolution} pixels; use one of {string.Join(", ", Resolutions)}.");
        }

        foreach (var (what, value) in new[]
        {
            ("latent size", options.LatentSize), ("style size", options.StyleSize), ("number of mapping layers", options.MappingLayers), ("width", options.Width),
            ("largest number of channels", options.MostChannels),
        })
        {
            if (value < 1)
            {
                throw new PganException($"StyleGAN2's {what} is {value}; it must be positive.");
            }
        }

        if (options.Classes < 0)
        {
            throw new PganException($"StyleGAN2 class count {options.Classes} is negative; use 0 for an unconditional generator.");
        }
    }
}

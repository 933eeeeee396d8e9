using ProjectedGan.Foundation;
using ProjectedGan.Networks.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Discriminators;

/// <summary>Independent discriminators on projected features of several scales; their logits are concatenated.</summary>
public sealed class MultiScaleDiscriminator : DiscriminatorNetwork
{
    private readonly MultiScaleDiscriminatorOptions _options;

    [ComponentName(Name = "mini_discs")]
    private readonly ModuleList<MiniDiscriminator> _discriminators;

    /// <exception cref="PganException">An option is out of range.</exception>
    public MultiScaleDiscriminator(MultiScaleDiscriminatorOptions options, InitialWeights initial)
        : base(nameof(MultiScaleDiscriminator))
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(initial);
        Validate(options);
        _options = options;
        _discriminators = new ModuleList<MiniDiscriminator>(
            [.. Enumerable.Range(0, options.Count).Select(scale => new MiniDiscriminator(options, scale, initial))]);
        RegisterComponents();
    }

    /// <summary>Number of feature maps used.</summary>
    public int Count => _options.Count;

    public override int Classes => _options.Classes;

    /// <param name="seen">
    /// Feature maps [N, C_i, H_i, W_i], highest resolution first; more than <see cref="Count"/> may be given, the rest is not read.
    /// </param>
    /// <param name="labels">See <see cref="DiscriminatorNetwork.forward"/>.</param>
    /// <returns>Logits [N, L]: those of the first scale row by row, then the next scale's.</returns>
    protected override Tensor Judge(Tensor[] seen, Tensor? labels)
    {
        if (seen.Length < Count)
        {
            throw new ArgumentException($"MultiScaleDiscriminator: {seen.Length} feature maps were given; expected {Count}.");
        }

        using var scope = NewDisposeScope();
        var logits = new Tensor[Count];
        for (var scale = 0; scale < Count; scale++)
        {
            CheckFeatures(scale, seen[scale]);
            logits[scale] = _discriminators[scale].forward(seen[scale], labels).flatten(1); // [N, H' * W']
        }

        return cat(logits, 1).MoveToOuterDisposeScope(); // [N, L]
    }

    private void CheckFeatures(int scale, Tensor map)
    {
        var name = $"features[{scale}]";
        ShapeGuard.Check(
            nameof(MultiScaleDiscriminator), name, map, ShapeGuard.Any, _options.Channels[scale], ShapeGuard.Any, ShapeGuard.Any);
        var (shape, smallest) = (map.shape, _discriminators[scale].SmallestSide);
        if (shape[2] < smallest || shape[3] < smallest)
        {
            throw new ArgumentException(
                $"MultiScaleDiscriminator: {name} is {shape[2]} x {shape[3]}; its down blocks need {smallest} x {smallest} or more.");
        }
    }

    private static void Validate(MultiScaleDiscriminatorOptions options)
    {
        if (options.Count is < 1 or > 4)
        {
            throw new PganException($"Number of discriminators {options.Count} is out of range; use 1 to 4.");
        }

        if (options.Channels.Count < options.Count || options.Resolutions.Count < options.Count)
        {
            throw new PganException(
                $"{options.Count} discriminators need as many feature maps; {options.Channels.Count} channel counts and "
                + $"{options.Resolutions.Count} resolutions are given.");
        }

        if (options.WidthFactor is not (> 0 and <= 16))
        {
            throw new PganException($"Discriminator width factor {options.WidthFactor} is out of range; use more than 0, up to 16.");
        }

        if (options.Classes < 0)
        {
            throw new PganException($"Discriminator class count {options.Classes} is negative; use 0 for unconditional discriminators.");
        }
    }
}

/// <summary>The shape of the discriminators on the projected features (Sauer et al. 2021, section 3.2).</summary>
public sealed record MultiScaleDiscriminatorOptions
{
    /// <summary>Channels of each feature map, highest resolution first.</summary>
    public required IReadOnlyList<int> Channels { get; init; }

    /// <summary>
    /// Nominal side of each feature map; chooses the number of down blocks (each halves it, down to 8). Real maps may be larger
    /// or smaller. The reference takes those of a 256² image whatever the data.
    /// </summary>
    public required IReadOnlyList<int> Resolutions { get; init; }

    /// <summary>Number of discriminators, one a feature map from the highest resolution on: 1 to 4.</summary>
    public int Count { get; init; } = 4;

    /// <summary>Factor on the reference's channels (64 at 64², 128 at 32², 256 at 16², 512 at 8²); 0.25 suits small data on a CPU.</summary>
    public double WidthFactor { get; init; } = 1;

    /// <summary>Depthwise-separable convolutions, as the reference uses with StyleGAN2.</summary>
    public bool Separable { get; init; }

    /// <summary>One down block a discriminator whatever the resolution, so that each logit sees a small patch.</summary>
    public bool Patch { get; init; }

    /// <summary>Rows of the label embedding; 0 for unconditional discriminators. The reference always has 1000.</summary>
    public int Classes { get; init; }
}

using ProjectedGan.Foundation;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>A generator whose mapping network turns latents into styles, which its synthesis network takes in each of its layers.</summary>
public abstract class StyleGenerator : GeneratorNetwork, IOnnxGenerator
{
    private readonly StyleOptions _options;

    // Inside records, because a field of module type registers itself under its own name, out of the reference's order.
    private readonly Parts _parts;

    /// <param name="name">The network's name, for messages.</param>
    /// <param name="options">Its shape, checked here.</param>
    /// <param name="initial">Draws the mapping network's weights, before the others.</param>
    /// <param name="synthesis">Makes the other network.</param>
    /// <exception cref="PganException">An option is out of range.</exception>
    private protected StyleGenerator(string name, StyleOptions options, InitialWeights initial, Func<SynthesisNetwork> synthesis)
        : base(name)
    {
        options.Validate();
        _options = options;
        var mapping = new MappingNetwork(options.LatentSize, options.StyleSize, options.MappingLayers, options.Classes, initial);
        var network = synthesis();
        _parts = new Parts(mapping, network);
        register_module("synthesis", network);
        register_module("mapping", mapping);
    }

    public override long LatentSize => _options.LatentSize;

    public override int Resolution => _options.Resolution;

    public override int Classes => _options.Classes;

    public override bool CanTruncate => true;

    /// <summary>Styles S that an image takes.</summary>
    public int Styles => _parts.Synthesis.Styles;

    /// <summary>Size W of a style.</summary>
    public int StyleSize => _options.StyleSize;

    /// <summary>The styles of latents; in training mode the average style follows them where <see cref="GeneratorNetwork.TracksAverage"/> says so.</summary>
    /// <param name="latents">Standard normal [N, Z].</param>
    /// <param name="labels">One-hot [N, C]; null exactly for an unconditional generator.</param>
    /// <param name="truncation">Where the styles are moved towards the average; null for nowhere.</param>
    /// <returns>[N, S, W].</returns>
    public Tensor Map(Tensor latents, Tensor? labels, Truncation? truncation = null)
    {
        using var scope = NewDisposeScope();
        var styles = _parts.Mapping.forward(latents, labels); // [N, W]
        if (training && TracksAverage)
        {
            _parts.Mapping.Track(styles);
        }

        var all = styles.unsqueeze(1).expand(-1, Styles, -1); // [N, S, W]
        if (truncation is null)
        {
            return all.MoveToOuterDisposeScope();
        }

        var truncated = _parts.Mapping.Truncate(all, truncation.Psi);
        var layers = Math.Min(truncation.Layers ?? Styles, Styles);
        return cat([truncated.narrow(1, 0, layers), all.narrow(1, layers, Styles - layers)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The images of styles.</summary>
    /// <param name="styles">[N, S, W].</param>
    /// <param name="noise">
    /// Source of the injected noise where <see cref="GeneratorNetwork.NoiseMode"/> leaves it to the caller; <see cref="StoredNoise"/> for the
    /// network's own; null for none.
    /// </param>
    /// <returns>[N, 3, R, R].</returns>
    public Tensor Synthesize(Tensor styles, INoiseSource? noise)
    {
        ShapeGuard.Check(GetName(), nameof(styles), styles, ShapeGuard.Any, Styles, _options.StyleSize);
        return _parts.Synthesis.forward(styles, Chosen(noise));
    }

    protected override Tensor Synthesize(Tensor latents, Tensor? labels, INoiseSource? noise)
    {
        using var styles = Map(latents, labels, Truncation);
        return _parts.Synthesis.forward(styles, noise);
    }

    OnnxValue IOnnxGenerator.Export(OnnxGraph graph, OnnxValue latents, OnnxValue? labels)
    {
        var styles = _parts.Mapping.Export(graph, latents, labels);
        var all = Enumerable.Repeat(styles, Styles).ToArray();
        if (Truncation is { } truncation)
        {
            var truncated = _parts.Mapping.ExportTruncated(graph, styles, truncation.Psi);
            all.AsSpan(0, Math.Min(truncation.Layers ?? Styles, Styles)).Fill(truncated);
        }

        return _parts.Synthesis.Export(graph, all, NoiseMode == NoiseMode.Stored);
    }

    private sealed record Parts(MappingNetwork Mapping, SynthesisNetwork Synthesis);
}

/// <summary>Styles to images.</summary>
/// <remarks>
/// Arguments of a forward pass: styles [N, S, W], and noise as <see cref="StyledConvolution.Forward"/> takes it; the result is [N, 3, R, R].
/// </remarks>
internal abstract class SynthesisNetwork() : Module<Tensor, INoiseSource?, Tensor>("synthesis")
{
    /// <summary>Styles S that an image takes.</summary>
    public abstract int Styles { get; }

    /// <summary>The forward pass as part of a graph.</summary>
    /// <param name="graph">Takes it.</param>
    /// <param name="styles">S styles [N, W].</param>
    /// <param name="storedNoise">Whether the network's own noise is injected; none is otherwise.</param>
    public abstract OnnxValue Export(OnnxGraph graph, ReadOnlySpan<OnnxValue> styles, bool storedNoise);
}

/// <summary>What generators with styles have in common.</summary>
public abstract record StyleOptions
{
    private static readonly int[] Resolutions = [64, 128, 256, 512, 1024];

    /// <summary>Side of the images: 64, 128, 256, 512 or 1024 pixels.</summary>
    public required int Resolution { get; init; }

    /// <summary>Size Z of a latent vector. The Projected GAN reference's value for StyleGAN2 is the default.</summary>
    public int LatentSize { get; init; } = 64;

    /// <summary>Size W of a style vector, the mapping network's output. The reference's value is the default.</summary>
    public int StyleSize { get; init; } = 128;

    /// <summary>Layers of the mapping network. The reference's value is the default; StyleGAN2 itself has 8.</summary>
    public int MappingLayers { get; init; } = 2;

    /// <summary>Number of classes; 0 for an unconditional generator.</summary>
    public int Classes { get; init; }

    /// <summary>Sides of the maps, from the trained constant's to the image's.</summary>
    internal IEnumerable<int> Sides
    {
        get
        {
            for (var side = StyleBlock.FirstSide; side <= Resolution; side *= 2)
            {
                yield return side;
            }
        }
    }

    /// <exception cref="PganException">An option is out of range.</exception>
    internal virtual void Validate()
    {
        if (!Resolutions.Contains(Resolution))
        {
            throw new PganException($"A generator with styles cannot make images of {Resolution} pixels; use one of {string.Join(", ", Resolutions)}.");
        }

        RequirePositive("latent size", LatentSize);
        RequirePositive("style size", StyleSize);
        RequirePositive("number of mapping layers", MappingLayers);
        if (Classes < 0)
        {
            throw new PganException($"The generator's class count {Classes} is negative; use 0 for an unconditional generator.");
        }
    }

    private protected static void RequirePositive(string what, int value)
    {
        if (value < 1)
        {
            throw new PganException($"The generator's {what} is {value}; it must be positive.");
        }
    }
}

/// <summary>Styles to images, resolution by resolution.</summary>
internal sealed class StyleSynthesis : SynthesisNetwork
{
    private readonly StyleBlock[] _blocks;

    public StyleSynthesis(StyleGan2Options options, InitialWeights initial)
    {
        int[] sides = [.. options.Sides];
        _blocks = Array.ConvertAll(sides, side => new StyleBlock(options, side, initial));
        foreach (var (side, block) in sides.Zip(_blocks))
        {
            register_module($"b{side}", block);
        }

        // The last image has one of its own.
        Styles = _blocks.Sum(block => block.Convolutions) + 1;
    }

    public override int Styles { get; }

    public override Tensor forward(Tensor styles, INoiseSource? noise)
    {
        using var scope = NewDisposeScope();
        StyleMaps? maps = null;
        var first = 0;
        foreach (var block in _blocks)
        {
            maps = block.Forward(maps, styles, first, noise);
            first += block.Convolutions;
        }

        return maps!.Value.Image!.MoveToOuterDisposeScope();
    }

    public override OnnxValue Export(OnnxGraph graph, ReadOnlySpan<OnnxValue> styles, bool storedNoise)
    {
        (OnnxValue Map, OnnxValue? Image)? maps = null;
        foreach (var block in _blocks)
        {
            maps = block.Export(graph, maps, styles, storedNoise);
            styles = styles[block.Convolutions..];
        }

        return maps!.Value.Image!.Value;
    }
}

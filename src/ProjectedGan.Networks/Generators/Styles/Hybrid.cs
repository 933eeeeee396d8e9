using ProjectedGan.Foundation;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>
/// A generator that joins FastGAN's skip-layer excitation with StyleGAN2's style modulation, which the Projected GAN paper leaves open: of its
/// generators the one converges faster and the other has the better latent space.
/// </summary>
/// <remarks>
/// FastGAN's way from 4² to the image stays: nearest upsampling, one gated 3×3 convolution a resolution, excitation by the map of a sixteenth of the
/// side, an image at the end alone. Its batch normalisation, which ties an image to the others of its batch, and its latent at 4² alone give
/// way to a trained constant whose channels a style scales, a style for each layer from the mapping network, and demodulation; behind each gate a pixel's channels are
/// normalised, and a hyperbolic tangent bounds the image. Noise is as StyleGAN2's, and so are the equalised learning rates; the excitation keeps its spectral
/// normalisation. Design of this project; docs/generators.md has what it was compared with.
/// </remarks>
/// <exception cref="PganException">An option is out of range.</exception>
public sealed class Hybrid(HybridOptions options, InitialWeights initial)
    : StyleGenerator(nameof(Hybrid), options, initial, () => new HybridSynthesis(options, initial));

/// <summary>The shape of a <see cref="Hybrid"/> generator.</summary>
public sealed record HybridOptions : StyleOptions
{
    /// <summary>Channels at 128²; the other resolutions have FastGAN's multiples of it.</summary>
    public int Width { get; init; } = 128;

    internal long Channels(int side) => Math.Max(1, FastGanWidths.Channels(side, Width));

    internal override void Validate()
    {
        base.Validate();
        RequirePositive("width", Width);
    }
}

/// <summary>A resolution of the <see cref="Hybrid"/> generator: modulated convolution and gated linear unit, on a map upsampled by repetition.</summary>
internal sealed class HybridBlock : Module
{
    private static readonly double[] Twice = [2, 2];

    [ComponentName(Name = "conv")]
    private readonly StyledConvolution _convolution;

    public HybridBlock(long inputs, long outputs, long styleSize, int side, InitialWeights initial)
        : base(nameof(HybridBlock))
    {
        _convolution = new StyledConvolution(inputs, outputs * 2, styleSize, side, doubles: false, initial);
        RegisterComponents();
    }

    /// <param name="map">[N, inputs, H, W].</param>
    /// <param name="style">[N, W].</param>
    /// <param name="noise">See <see cref="StyledConvolution.Forward"/>.</param>
    /// <returns>[N, outputs, side, side].</returns>
    public Tensor Forward(Tensor map, Tensor style, INoiseSource? noise)
    {
        using var large = functional.interpolate(map, null, Twice, InterpolationMode.Nearest); // [N, inputs, side, side]
        using var wide = _convolution.Linear(large, style, noise); // [N, 2 * outputs, side, side]
        using var bounded = StyleActivation.Bound(wide);
        using var gated = GatedUnit.Apply(bounded);
        return SecondMoment.Normalize(gated);
    }

    /// <summary><see cref="Forward"/> as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue style, bool storedNoise)
    {
        var wide = _convolution.ExportLinear(graph, graph.Double(map), style, storedNoise);
        return SecondMoment.Export(graph, graph.Gate(StyleActivation.ExportBound(graph, wide)));
    }
}

/// <summary>Styles to images by FastGAN's path: blocks, each gated by a map of a sixteenth of its side, and one image at the end.</summary>
internal sealed class HybridSynthesis : SynthesisNetwork
{
    private const int ExcitationSpan = 16;
    private const int LargestExcited = 512;

    [ComponentName(Name = "const")]
    private readonly Parameter _constant;

    [ComponentName(Name = "affine")]
    private readonly EqualizedLinear _affine;

    // Inside records, because a field of module type registers itself under its own name.
    private readonly Stage[] _stages;
    private readonly StyledImage[] _image;

    public HybridSynthesis(HybridOptions options, InitialWeights initial)
    {
        var channels = options.Channels(StyleBlock.FirstSide);
        _constant = new Parameter(initial.Normal([channels, StyleBlock.FirstSide, StyleBlock.FirstSide]), true);
        _affine = new EqualizedLinear(options.StyleSize, channels, initial, bias: 1);
        RegisterComponents();
        _stages = [.. options.Sides.Skip(1).Select(side => new Stage(
            side,
            new HybridBlock(options.Channels(side / 2), options.Channels(side), options.StyleSize, side, initial),
            side is >= ExcitationSpan * StyleBlock.FirstSide and <= LargestExcited
                ? new SkipLayerExcitation(options.Channels(side / ExcitationSpan), options.Channels(side), initial) : null))];
        _image = [new StyledImage(options.Channels(options.Resolution), options.StyleSize, initial)];
        foreach (var stage in _stages)
        {
            register_module($"b{stage.Side}", stage.Block);
            if (stage.Excitation is not null)
            {
                register_module($"se_{stage.Side}", stage.Excitation);
            }
        }

        register_module("torgb", _image[0]);
    }

    /// <summary>One for the constant, one a block and one for the image.</summary>
    public override int Styles => _stages.Length + 2;

    public override Tensor forward(Tensor styles, INoiseSource? noise)
    {
        using var scope = NewDisposeScope();
        var maps = new Dictionary<int, Tensor>();
        var map = GradientTaps.Of(_constant).unsqueeze(0) * _affine.forward(styles.select(1, 0)).unsqueeze(-1).unsqueeze(-1); // [N, C, 4, 4]
        maps[StyleBlock.FirstSide] = map;
        for (var place = 0; place < _stages.Length; place++)
        {
            var stage = _stages[place];
            map = stage.Block.Forward(map, styles.select(1, place + 1), noise); // [N, C, side, side]
            map = stage.Excitation?.forward(maps[stage.Side / ExcitationSpan], map) ?? map;
            maps[stage.Side] = map;
        }

        return tanh(_image[0].forward(map, styles.select(1, Styles - 1))).MoveToOuterDisposeScope();
    }

    public override OnnxValue Export(OnnxGraph graph, ReadOnlySpan<OnnxValue> styles, bool storedNoise)
    {
        var maps = new Dictionary<int, OnnxValue>();
        var map = graph.Multiply(graph.Constant(_constant), graph.AsMap(_affine.Export(graph, styles[0])));
        maps[StyleBlock.FirstSide] = map;
        for (var place = 0; place < _stages.Length; place++)
        {
            var stage = _stages[place];
            map = stage.Block.Export(graph, map, styles[place + 1], storedNoise);
            var low = stage.Side / ExcitationSpan;
            map = stage.Excitation?.Export(graph, maps[low], map, low) ?? map;
            maps[stage.Side] = map;
        }

        return graph.Tanh(_image[0].Export(graph, map, styles[^1]));
    }

    private sealed record Stage(int Side, HybridBlock Block, SkipLayerExcitation? Excitation);
}

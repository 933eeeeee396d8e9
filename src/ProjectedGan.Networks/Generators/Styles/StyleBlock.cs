using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>What a block of the synthesis network makes: its map, and the image so far where it has made one.</summary>
internal readonly record struct StyleMaps(Tensor Map, Tensor? Image);

/// <summary>The layers of one resolution: from a trained constant at 4², else from the map of half the side.</summary>
internal sealed class StyleBlock : Module
{
    /// <summary>Side of the constant with which synthesis begins.</summary>
    public const int FirstSide = 4;

    // The sum of two maps keeps their deviation.
    private static readonly double ResidualGain = Math.Sqrt(0.5);

    // Inside a record, because a field of module type registers itself under its own name, absent ones as well.
    private readonly Layers _layers;

    [ComponentName(Name = "const")]
    private readonly Parameter? _constant;

    [ComponentName(Name = "resample_filter")]
    private readonly Tensor _filter = Resampling.Filter();

    public StyleBlock(StyleGan2Options options, int side, InitialWeights initial)
        : base(nameof(StyleBlock))
    {
        var (inputs, outputs) = (options.Channels(Math.Max(side / 2, FirstSide)), options.Channels(side));
        var isFirst = side == FirstSide;
        var makesImage = options.Architecture == StyleArchitecture.Skip || side == options.Resolution;
        _constant = isFirst ? new Parameter(initial.Normal([outputs, FirstSide, FirstSide]), true) : null;
        RegisterComponents();
        _layers = new Layers(
            isFirst ? null : new StyledConvolution(inputs, outputs, options.StyleSize, side, doubles: true, initial),
            new StyledConvolution(outputs, outputs, options.StyleSize, side, doubles: false, initial),
            makesImage ? new StyledImage(outputs, options.StyleSize, initial) : null,
            !isFirst && options.Architecture == StyleArchitecture.Residual ? new EqualizedShortcut(inputs, outputs, initial) : null);
        foreach (var (name, layer) in new (string, Module?)[] { ("conv0", _layers.First), ("conv1", _layers.Second), ("torgb", _layers.ToImage), ("skip", _layers.Shortcut) })
        {
            if (layer is not null)
            {
                register_module(name, layer);
            }
        }
    }

    /// <summary>Convolutions, each with a style of its own. The image takes the style of the next block's first one.</summary>
    public int Convolutions => _layers.First is null ? 1 : 2;

    /// <param name="before">The maps of half the side; null at 4².</param>
    /// <param name="styles">[N, S, W]; reads <see cref="Convolutions"/> + 1 of them.</param>
    /// <param name="first">The first of its own.</param>
    /// <param name="noise">See <see cref="StyledConvolution.Forward"/>.</param>
    public StyleMaps Forward(StyleMaps? before, Tensor styles, int first, INoiseSource? noise)
    {
        using var scope = NewDisposeScope();
        Tensor Style(int place) => styles.select(1, first + place); // [N, W]
        Tensor map;
        if (_layers.First is { } convolution)
        {
            map = convolution.Forward(before!.Value.Map, Style(0), noise);
            map = _layers.Second.Forward(map, Style(1), noise, _layers.Shortcut is null ? 1 : ResidualGain);
            if (_layers.Shortcut is { } shortcut)
            {
                map = map.Plus(shortcut.forward(before.Value.Map) * Of(ResidualGain));
            }
        }
        else
        {
            var start = GradientTaps.Of(_constant!).unsqueeze(0).expand(styles.size(0), -1, -1, -1);
            map = _layers.Second.Forward(start, Style(0), noise);
        }

        var image = before?.Image is { } small ? Resampling.Double(small, _filter) : null;
        if (_layers.ToImage is { } toImage)
        {
            var made = toImage.forward(map, Style(Convolutions));
            image = image is null ? made : image.Plus(made);
        }

        return new StyleMaps(map.MoveToOuterDisposeScope(), image?.MoveToOuterDisposeScope());
    }

    /// <summary><see cref="Forward"/> as part of a graph.</summary>
    public (OnnxValue Map, OnnxValue? Image) Export(
        OnnxGraph graph, (OnnxValue Map, OnnxValue? Image)? before, ReadOnlySpan<OnnxValue> styles, bool storedNoise)
    {
        OnnxValue map;
        if (_layers.First is { } convolution)
        {
            map = convolution.Export(graph, before!.Value.Map, styles[0], storedNoise);
            map = _layers.Second.Export(graph, map, styles[1], storedNoise, _layers.Shortcut is null ? 1 : ResidualGain);
            if (_layers.Shortcut is { } shortcut)
            {
                map = graph.Add(map, graph.Multiply(shortcut.Export(graph, before.Value.Map), ResidualGain));
            }
        }
        else
        {
            map = _layers.Second.Export(graph, graph.Constant(_constant!), styles[0], storedNoise);
        }

        OnnxValue? image = before?.Image is { } small ? Resampling.ExportDouble(graph, small, _filter, StyledImage.Channels) : null;
        if (_layers.ToImage is { } toImage)
        {
            var made = toImage.Export(graph, map, styles[Convolutions]);
            image = image is { } sum ? graph.Add(sum, made) : made;
        }

        return (map, image);
    }

    private sealed record Layers(StyledConvolution? First, StyledConvolution Second, StyledImage? ToImage, EqualizedShortcut? Shortcut);
}

/// <summary>A map to the three channels of an image: a modulated 1×1 convolution without demodulation, and a bias.</summary>
internal sealed class StyledImage : Module<Tensor, Tensor, Tensor>
{
    /// <summary>Red, green and blue.</summary>
    public const int Channels = 3;

    private readonly double _gain;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias = new(zeros([Channels]), true);

    [ComponentName(Name = "affine")]
    private readonly EqualizedLinear _affine;

    public StyledImage(long inputs, long styleSize, InitialWeights initial)
        : base(nameof(StyledImage))
    {
        _gain = 1 / Math.Sqrt(inputs);
        _affine = new EqualizedLinear(styleSize, inputs, initial, bias: 1);
        _weight = new Parameter(initial.Normal([Channels, inputs, 1, 1]), true);
        RegisterComponents();
    }

    /// <param name="map">[N, inputs, H, W].</param>
    /// <param name="style">[N, W].</param>
    /// <returns>[N, 3, H, W].</returns>
    public override Tensor forward(Tensor map, Tensor style)
    {
        using var scope = NewDisposeScope();
        var factors = _affine.forward(style) * Of(_gain); // [N, inputs]
        var image = ModulatedConvolution.Apply(map, GradientTaps.Of(_weight), factors, smoothing: null);
        return StyleActivation.Bound(image.Plus(GradientTaps.Of(_bias).view(1, -1, 1, 1))).MoveToOuterDisposeScope();
    }

    /// <summary>The forward pass as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue style)
    {
        var image = ModulatedConvolution.Export(graph, map, _weight, _affine.Export(graph, style, _gain), smoothing: null);
        using var bias = _bias.view(-1, 1, 1);
        return StyleActivation.ExportBound(graph, graph.Add(image, graph.Constant(bias)));
    }
}

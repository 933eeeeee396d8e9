using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

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

using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Torch;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>Styles to images by FastGAN's path: blocks, each gated by a map of a sixteenth of its side, and one image at the end.</summary>
internal sealed class HybridSynthesis : Module<Tensor, INoiseSource?, Tensor>
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
        : base("synthesis")
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

    /// <summary>Styles S that an image takes: one for the constant, one a block and one for the image.</summary>
    public int Styles => _stages.Length + 2;

    /// <param name="styles">[N, S, W].</param>
    /// <param name="noise">See <see cref="StyledConvolution.Forward"/>.</param>
    /// <returns>[N, 3, R, R].</returns>
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

        return _image[0].forward(map, styles.select(1, Styles - 1)).MoveToOuterDisposeScope();
    }

    private sealed record Stage(int Side, HybridBlock Block, SkipLayerExcitation? Excitation);
}

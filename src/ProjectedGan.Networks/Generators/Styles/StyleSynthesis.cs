using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

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

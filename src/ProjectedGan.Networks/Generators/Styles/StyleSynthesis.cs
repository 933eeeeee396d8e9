using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>Styles to images, resolution by resolution.</summary>
internal sealed class StyleSynthesis : Module<Tensor, INoiseSource?, Tensor>
{
    private readonly StyleBlock[] _blocks;

    public StyleSynthesis(StyleGan2Options options, InitialWeights initial)
        : base("synthesis")
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

    /// <summary>Styles S that an image takes.</summary>
    public int Styles { get; }

    /// <param name="styles">[N, S, W].</param>
    /// <param name="noise">See <see cref="StyledConvolution.Forward"/>.</param>
    /// <returns>[N, 3, R, R].</returns>
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
}

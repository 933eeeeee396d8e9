using ProjectedGan.Foundation;
using ProjectedGan.Networks.Layers;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>StyleGAN2's generator (Karras et al. 2020): a mapping network to styles, and a synthesis network that they modulate.</summary>
/// <remarks>Differs from the reference: no style mixing, which Projected GAN trains without.</remarks>
/// <exception cref="PganException">An option is out of range.</exception>
public sealed class StyleGan2(StyleGan2Options options, InitialWeights initial)
    : StyleGenerator(nameof(StyleGan2), options, initial, () => new StyleSynthesis(options, initial));

/// <summary>How the blocks of a <see cref="StyleGan2"/> make the image (Karras et al. 2020, section 4, figure 7).</summary>
public enum StyleArchitecture
{
    /// <summary>Every block adds to an image that is upsampled from block to block.</summary>
    Skip,

    /// <summary>Blocks are residual, and the last one makes the image.</summary>
    Residual,
}

/// <summary>The shape of a StyleGAN2 generator (Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN").</summary>
public sealed record StyleGan2Options : StyleOptions
{
    /// <summary>Channels at 128²; a resolution r has 128/r of them, at most <see cref="MostChannels"/>. The reference's value is the default.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Channels of the coarse resolutions. StyleGAN2's value is the default.</summary>
    public int MostChannels { get; init; } = 512;

    public StyleArchitecture Architecture { get; init; }

    /// <summary>Channels of the maps of a side, at least one.</summary>
    internal long Channels(int side) => Math.Clamp(Width * 128L / side, 1, MostChannels);

    internal override void Validate()
    {
        base.Validate();
        RequirePositive("width", Width);
        RequirePositive("largest number of channels", MostChannels);
    }
}

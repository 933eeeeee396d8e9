namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>How the blocks of a <see cref="StyleGan2"/> make the image (Karras et al. 2020, section 4, figure 7).</summary>
public enum StyleArchitecture
{
    /// <summary>Every block adds to an image that is upsampled from block to block.</summary>
    Skip,

    /// <summary>Blocks are residual, and the last one makes the image.</summary>
    Residual,
}

/// <summary>The shape of a StyleGAN2 generator (Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN").</summary>
public sealed record StyleGan2Options
{
    /// <summary>Side of the images: 64, 128, 256, 512 or 1024 pixels.</summary>
    public required int Resolution { get; init; }

    /// <summary>Size Z of a latent vector. The Projected GAN reference's value is the default.</summary>
    public int LatentSize { get; init; } = 64;

    /// <summary>Size W of a style vector, the mapping network's output. The reference's value is the default.</summary>
    public int StyleSize { get; init; } = 128;

    /// <summary>Layers of the mapping network. The reference's value is the default; StyleGAN2 itself has 8.</summary>
    public int MappingLayers { get; init; } = 2;

    /// <summary>Channels at 128²; a resolution r has 128/r of them, at most <see cref="MostChannels"/>. The reference's value is the default.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Channels of the coarse resolutions. StyleGAN2's value is the default.</summary>
    public int MostChannels { get; init; } = 512;

    public StyleArchitecture Architecture { get; init; }

    /// <summary>Number of classes; 0 for an unconditional generator.</summary>
    public int Classes { get; init; }

    /// <summary>Channels of the maps of a side, at least one.</summary>
    internal long Channels(int side) => Math.Clamp(Width * 128L / side, 1, MostChannels);
}

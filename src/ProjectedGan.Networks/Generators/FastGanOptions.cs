namespace ProjectedGan.Networks.Generators;

/// <summary>The shape of a FastGAN generator (Liu et al. 2021, "Towards Faster and Stabilized GAN Training").</summary>
public sealed record FastGanOptions
{
    /// <summary>Side of the images: 64, 128, 256, 512 or 1024 pixels.</summary>
    public required int Resolution { get; init; }

    /// <summary>Size of a latent vector. The Projected GAN paper's value is the default.</summary>
    public int LatentSize { get; init; } = 256;

    /// <summary>Channels at 128² (the paper's ngf); the other resolutions have fixed multiples of it.</summary>
    public int Width { get; init; } = 128;

    /// <summary>One convolution a block and no noise: the better choice for small data sets.</summary>
    public bool Lite { get; init; }

    /// <summary>Number of classes; 0 for an unconditional generator.</summary>
    public int Classes { get; init; }
}

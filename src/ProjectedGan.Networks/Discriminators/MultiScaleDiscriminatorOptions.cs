namespace ProjectedGan.Networks.Discriminators;

/// <summary>The shape of the discriminators on the projected features (Sauer et al. 2021, section 3.2).</summary>
public sealed record MultiScaleDiscriminatorOptions
{
    /// <summary>Channels of each feature map, highest resolution first.</summary>
    public required IReadOnlyList<int> Channels { get; init; }

    /// <summary>
    /// Nominal side of each feature map; chooses the number of down blocks (each halves it, down to 8). Real maps may be larger
    /// or smaller. The reference takes those of a 256² image whatever the data.
    /// </summary>
    public required IReadOnlyList<int> Resolutions { get; init; }

    /// <summary>Number of discriminators, one a feature map from the highest resolution on: 1 to 4.</summary>
    public int Count { get; init; } = 4;

    /// <summary>Factor on the reference's channels (64 at 64², 128 at 32², 256 at 16², 512 at 8²); 0.25 suits small data on a CPU.</summary>
    public double WidthFactor { get; init; } = 1;

    /// <summary>Depthwise-separable convolutions, as the reference uses with StyleGAN2.</summary>
    public bool Separable { get; init; }

    /// <summary>One down block a discriminator whatever the resolution, so that each logit sees a small patch.</summary>
    public bool Patch { get; init; }

    /// <summary>Rows of the label embedding; 0 for unconditional discriminators. The reference always has 1000.</summary>
    public int Classes { get; init; }
}

using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>The discriminators: the paper's (section 3.2 and table 1), or those of the baselines it is compared with.</summary>
public sealed record DiscriminatorSpec
{
    /// <summary>Which. Default <c>projected</c> (the paper). The others see the images themselves; <c>features</c> then serves FastGAN's decoders and the metrics.</summary>
    [HashedUnlessDefault]
    public DiscriminatorKind Kind { get; init; }

    /// <summary>Projected: discriminators, one a stage from the finest, 1 to 4. Default 4.</summary>
    public int Count { get; init; } = 4;

    /// <summary>Projected: depthwise-separable blocks (the reference uses them with StyleGAN2). Default false.</summary>
    public bool Separable { get; init; }

    /// <summary>
    /// Factor on the inner channel widths, above 0, at most 4. Default 1 (the reference); the CPU demo uses 0.25. StyleGAN2's are 32768/r at side r
    /// (0.5 is StyleGAN2-ADA's below 512²), FastGAN's 64 at 128².
    /// </summary>
    public double WidthFactor { get; init; } = 1;

    /// <summary>StyleGAN2: channels of the coarse maps, 1 to 4096. Default 512 (StyleGAN2).</summary>
    [HashedUnlessDefault]
    public int MostChannels { get; init; } = 512;

    /// <summary>Conditions the discriminators on class labels; needs <c>data.classes</c>. Default false. FastGAN's has no labels.</summary>
    public bool Conditional { get; init; }
}

/// <summary>What judges images.</summary>
public enum DiscriminatorKind
{
    /// <summary>Discriminators on projected features (the paper).</summary>
    [JsonStringEnumMemberName("projected")]
    Projected,

    /// <summary>StyleGAN2's residual discriminator of images, StyleGAN2-ADA's as well.</summary>
    [JsonStringEnumMemberName("stylegan2")]
    StyleGan2,

    /// <summary>FastGAN's own discriminator of images, with decoders.</summary>
    [JsonStringEnumMemberName("fastgan")]
    FastGan,
}

using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

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

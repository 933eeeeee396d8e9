using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>What generator and discriminators learn from.</summary>
public enum LossKind
{
    /// <summary>The hinge loss (the paper): every image is judged by itself.</summary>
    [JsonStringEnumMemberName("hinge")]
    Hinge,

    /// <summary>
    /// The relativistic pairing loss with zero-centred gradient penalties (R3GAN, Huang et al. 2024): a generated image is judged against
    /// a real one.
    /// </summary>
    [JsonStringEnumMemberName("relativistic")]
    Relativistic,

    /// <summary>The non-saturating logistic loss with a gradient penalty at real images (StyleGAN2).</summary>
    [JsonStringEnumMemberName("non_saturating")]
    NonSaturating,
}

using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>The generator's architecture.</summary>
public enum GeneratorKind
{
    /// <summary>FastGAN with two convolutions and noise a block.</summary>
    [JsonStringEnumMemberName("fastgan")]
    FastGan,

    /// <summary>FastGAN with one convolution a block and no noise: the better choice for small data sets.</summary>
    [JsonStringEnumMemberName("fastgan_lite")]
    FastGanLite,

    /// <summary>StyleGAN2: a mapping network to styles, and a synthesis network that they modulate.</summary>
    [JsonStringEnumMemberName("stylegan2")]
    StyleGan2,

    /// <summary>FastGAN's excited path with StyleGAN2's style modulation in place of batch normalisation; one convolution a block.</summary>
    [JsonStringEnumMemberName("hybrid")]
    Hybrid,
}

internal static class GeneratorKinds
{
    public static bool HasStyles(this GeneratorKind kind) => kind is GeneratorKind.StyleGan2 or GeneratorKind.Hybrid;
}

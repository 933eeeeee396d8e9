using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>The generator G.</summary>
public sealed record GeneratorSpec
{
    /// <summary>Architecture. Default <c>fastgan</c>; <c>fastgan_lite</c> for small data sets.</summary>
    public GeneratorKind Kind { get; init; } = GeneratorKind.FastGan;

    /// <summary>Length of the latent vector z, 1 to 4096. Default 256 (the reference for FastGAN; for StyleGAN2 it is 64).</summary>
    public int LatentSize { get; init; } = 256;

    /// <summary>Base width: channels at 128² (the reference's ngf), 1 to 1024. Default 128 (the reference for FastGAN; for StyleGAN2 it is 256).</summary>
    public int Width { get; init; } = 128;

    /// <summary>Conditions the generator on class labels; needs <c>data.classes</c>. Default false.</summary>
    public bool Conditional { get; init; }

    /// <summary>StyleGAN2 and hybrid: length of the style vector w, 1 to 4096. Default 128 (the reference).</summary>
    [HashedUnlessDefault]
    public int StyleSize { get; init; } = 128;

    /// <summary>StyleGAN2 and hybrid: layers of the mapping network, 1 to 32. Default 2 (the reference; StyleGAN2 itself has 8).</summary>
    [HashedUnlessDefault]
    public int MappingLayers { get; init; } = 2;

    /// <summary>StyleGAN2: channels of the coarse resolutions, 1 to 4096. Default 512 (the reference).</summary>
    [HashedUnlessDefault]
    public int MostChannels { get; init; } = 512;

    /// <summary>StyleGAN2: how blocks make the image, <c>skip</c> or <c>resnet</c>. Default <c>skip</c> (the reference).</summary>
    [HashedUnlessDefault]
    public StyleImage Image { get; init; }

    /// <summary>StyleGAN2 and hybrid: probability that an image's styles come from two latents, from a random layer on, 0 to 1. Default 0 (the paper's reference); StyleGAN2 has 0.9.</summary>
    [HashedUnlessDefault]
    public double StyleMixing { get; init; }
}

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

/// <summary>How StyleGAN2's blocks make the image.</summary>
public enum StyleImage
{
    /// <summary>Every block adds to an image that is upsampled from block to block.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip,

    /// <summary>Blocks are residual, and the last one makes the image.</summary>
    [JsonStringEnumMemberName("resnet")]
    Residual,
}

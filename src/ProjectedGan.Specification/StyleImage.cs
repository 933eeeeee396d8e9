using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

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

using System.Text.Json.Serialization;

namespace ProjectedGan.Specification.Metrics;

/// <summary>How a metric network's images are brought to its size.</summary>
public enum ImageResizing
{
    /// <summary>The network's own way, without antialiasing; FID's is TensorFlow 1's bilinear resize, on which published FIDs are defined.</summary>
    [JsonStringEnumMemberName("network")]
    Network,

    /// <summary>As clean-fid does it (Parmar et al. 2022): <c>CleanResize</c>.</summary>
    [JsonStringEnumMemberName("clean")]
    Clean,
}

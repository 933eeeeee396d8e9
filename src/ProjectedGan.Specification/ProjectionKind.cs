using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>How the features are projected (paper, section 3.2).</summary>
public enum ProjectionKind
{
    /// <summary>The features as they are (the reference's type 0).</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Cross-channel mixing: a random 1×1 convolution a stage (type 1).</summary>
    [JsonStringEnumMemberName("ccm")]
    CrossChannel,

    /// <summary>Cross-channel and cross-scale mixing (type 2).</summary>
    [JsonStringEnumMemberName("ccm_csm")]
    CrossScale,
}

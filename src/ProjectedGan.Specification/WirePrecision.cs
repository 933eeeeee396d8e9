using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>How gradients travel between workers.</summary>
public enum WirePrecision
{
    /// <summary>As they are.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>
    /// Half the bytes: each node of the canonical tree is formed in float32 and rounded to bfloat16, whether it is sent or not, so that
    /// the result still does not depend on who hosts which replica.
    /// </summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,
}

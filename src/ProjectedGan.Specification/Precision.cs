using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>The arithmetic of forward and backward passes. Parameters, sums and the optimizer stay in float32 (float64 in the last case).</summary>
public enum Precision
{
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>Autocast: convolutions and matrix products in bfloat16; on the CPU the feature network stays in float32.</summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,

    /// <summary>Everything in double, parameters too: for checks against a reference.</summary>
    [JsonStringEnumMemberName("float64")]
    Float64,
}

using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>What happens to NaN and ±Inf in a gradient, after the average over all replicas. Always counted and reported.</summary>
public enum NonFinitePolicy
{
    /// <summary>NaN becomes 0, ±Inf ±1e5, and the update takes place (the reference).</summary>
    [JsonStringEnumMemberName("replace")]
    Replace,

    /// <summary>The phase's update is left out on every worker.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip,

    /// <summary>The run ends with an error that names parameter and replica.</summary>
    [JsonStringEnumMemberName("stop")]
    Stop,
}

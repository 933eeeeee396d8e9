using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>Where and with which arithmetic the run computes; it rounds differently elsewhere, so that this belongs to the result.</summary>
public sealed record ExecutionSpec
{
    /// <summary>Device kind. Default <c>cpu</c>.</summary>
    public DeviceKind Device { get; init; } = DeviceKind.Cpu;

    /// <summary>
    /// CPU threads that compute one replica, 1 to 1024: kernels split their sums by it. Replicas run side by side besides. Default 1.
    /// </summary>
    public int ThreadsPerReplica { get; init; } = 1;

    /// <summary>Arithmetic of the networks. Default <c>float32</c>.</summary>
    public Precision Precision { get; init; } = Precision.Float32;
}

/// <summary>What computes. Kernels of different kinds round differently, so that a run stays on one.</summary>
public enum DeviceKind
{
    [JsonStringEnumMemberName("cpu")]
    Cpu,

    [JsonStringEnumMemberName("cuda")]
    Cuda,
}

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

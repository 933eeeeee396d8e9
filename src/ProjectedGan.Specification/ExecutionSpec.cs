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

namespace ProjectedGan.Specification;

/// <summary>How gradients are summed over replicas.</summary>
public sealed record ReductionSpec
{
    /// <summary>Rounding of the sums' nodes. Default <c>float32</c>, none. Running statistics always travel unrounded.</summary>
    [HashedUnlessDefault]
    public WirePrecision Wire { get; init; } = WirePrecision.Float32;

    /// <summary>Bytes of gradient that travel as one bucket, 4,096 to 1 GiB. Default 4 MiB.</summary>
    [OutsideSpecHash("every element is summed along the same tree whatever bucket it is in")]
    public long BucketBytes { get; init; } = 4L << 20;
}

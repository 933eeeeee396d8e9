namespace ProjectedGan.Coordination.Experiments;

/// <summary>A metric's value at a snapshot.</summary>
[GenerateSerializer, Immutable]
public sealed record MetricRecord
{
    /// <summary>For example fid_inception_v3.</summary>
    [Id(0)]
    public required string Metric { get; init; }

    [Id(1)]
    public required double Value { get; init; }

    [Id(2)]
    public long Samples { get; init; }
}

namespace ProjectedGan.Coordinator.Experiments;

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

    /// <summary>Spread of the figure where it was measured: over resamples of the generated images, kernel subsets or splits.</summary>
    [Id(3)]
    public double? StandardDeviation { get; init; }
}

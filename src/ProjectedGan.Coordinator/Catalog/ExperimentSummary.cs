using ProjectedGan.Coordinator.Experiments;

namespace ProjectedGan.Coordinator.Catalog;

/// <summary>An experiment in a list.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentSummary
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required string Name { get; init; }

    [Id(2)]
    public required string User { get; init; }

    [Id(3)]
    public required ExperimentState State { get; init; }

    [Id(4)]
    public required string Reason { get; init; }

    [Id(5)]
    public required int Priority { get; init; }

    [Id(6)]
    public required DateTimeOffset Submitted { get; init; }

    [Id(7)]
    public DateTimeOffset? Started { get; init; }

    [Id(8)]
    public DateTimeOffset? Ended { get; init; }

    [Id(9)]
    public required string SpecHash { get; init; }

    [Id(10)]
    public required string DatasetHash { get; init; }

    [Id(11)]
    public required int Replicas { get; init; }

    [Id(12)]
    public required long Batch { get; init; }

    [Id(13)]
    public required long TotalImages { get; init; }

    /// <summary>Images at the last recorded change; the experiment itself knows better.</summary>
    [Id(14)]
    public long Images { get; init; }

    [Id(15)]
    public long MembershipEpoch { get; init; }

    /// <summary>Workers of the current membership epoch.</summary>
    [Id(16)]
    public int Members { get; init; }

    [Id(17)]
    public long? BestSnapshotImages { get; init; }

    [Id(18)]
    public string WeightsHash { get; init; } = "";

    /// <summary>Completed iterations of the newest checkpoint; -1 without.</summary>
    [Id(19)]
    public long CheckpointIteration { get; init; } = -1;

    /// <summary>Not ended, or evaluations are under way: it is woken when the coordinator starts.</summary>
    [Id(20)]
    public bool Active { get; init; } = true;

    /// <summary>The first metric at <see cref="BestSnapshotImages"/>; null while none is measured.</summary>
    [Id(21)]
    public MetricRecord? BestMetric { get; init; }
}

using ProjectedGan.Coordinator.Experiments;

namespace ProjectedGan.Coordinator.Journal;

/// <summary>Something that happened to an experiment. At most one of the last properties is set.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentEvent
{
    /// <summary>1 for an experiment's first event; given by the journal.</summary>
    [Id(0)]
    public long Sequence { get; init; }

    [Id(1)]
    public required DateTimeOffset Time { get; init; }

    /// <summary>One line for people.</summary>
    [Id(2)]
    public required string Text { get; init; }

    [Id(3)]
    public StateTransition? Transition { get; init; }

    [Id(4)]
    public TrainingProgress? Progress { get; init; }

    [Id(5)]
    public EpochRecord? Epoch { get; init; }

    [Id(6)]
    public SnapshotRecord? Snapshot { get; init; }

    [Id(7)]
    public CheckpointRecord? Checkpoint { get; init; }

    [Id(8)]
    public WorkerEvent? Worker { get; init; }

    [Id(9)]
    public LogLine? Log { get; init; }
}

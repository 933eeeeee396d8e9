using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>Everything that a user may know about an experiment.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentView
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required ExperimentSubmission Submission { get; init; }

    [Id(2)]
    public required ExperimentState State { get; init; }

    /// <summary>Why it is in this state: what it waits for, what failed.</summary>
    [Id(3)]
    public required string Reason { get; init; }

    [Id(4)]
    public required DateTimeOffset Submitted { get; init; }

    [Id(5)]
    public DateTimeOffset? Started { get; init; }

    [Id(6)]
    public DateTimeOffset? Ended { get; init; }

    [Id(7)]
    public TrainingProgress? Progress { get; init; }

    /// <summary>The members of the current membership epoch, in the order of replicas.</summary>
    [Id(8)]
    public ImmutableArray<EpochMember> Members { get; init; } = [];

    /// <summary>All workers that it holds, members or not yet.</summary>
    [Id(9)]
    public ImmutableArray<string> Workers { get; init; } = [];

    [Id(10)]
    public long MembershipEpoch { get; init; }

    [Id(11)]
    public ImmutableArray<EpochRecord> Epochs { get; init; } = [];

    [Id(12)]
    public ImmutableArray<StateTransition> History { get; init; } = [];

    [Id(13)]
    public ImmutableArray<SnapshotRecord> Snapshots { get; init; } = [];

    /// <summary>The evaluated snapshot with the best value of the first metric.</summary>
    [Id(14)]
    public long? BestSnapshotImages { get; init; }

    /// <summary>SHA-256 over the trained state; empty until completed.</summary>
    [Id(15)]
    public string WeightsHash { get; init; } = "";

    /// <summary>The newest checkpoint that the coordinator holds.</summary>
    [Id(16)]
    public CheckpointRecord? Checkpoint { get; init; }

    /// <summary>Sequence number of the newest event.</summary>
    [Id(17)]
    public long LastEvent { get; init; }
}

using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Contracts;

/// <summary>
/// What a worker should be doing now. A higher version replaces a lower one; the same content may come again under a new version, for
/// example after a restart of the coordinator, and then changes nothing: TRAIN for an epoch that the worker trains in goes on undisturbed.
/// A worker that is told to begin before a checkpoint that it has not uploaded yet drops that upload; it will make it again.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record WorkerAssignment
{
    [Id(0)]
    public long Version { get; init; }

    [Id(1)]
    public required AssignmentMode Mode { get; init; }

    /// <summary>Null when idle.</summary>
    [Id(2)]
    public RunDescription? Run { get; init; }

    [Id(3)]
    public long Epoch { get; init; }

    /// <summary>TRAIN: the iteration to begin with.</summary>
    [Id(4)]
    public long StartIteration { get; init; }

    /// <summary>TRAIN: the member that has the state of <see cref="StartIteration"/>; empty: the checkpoint, or the spec's own start for iteration 0.</summary>
    [Id(5)]
    public string StateSource { get; init; } = "";

    /// <summary>TRAIN: all members in the order of replicas.</summary>
    [Id(6)]
    public ImmutableArray<EpochMember> Members { get; init; } = [];

    /// <summary>PAUSE: this worker uploads the checkpoint.</summary>
    [Id(7)]
    public bool Uploads { get; init; }

    /// <summary>W3C traceparent of the run.</summary>
    [Id(8)]
    public string TraceParent { get; init; } = "";

    /// <summary>Images of the newest snapshot that is recorded; -1 without one. Of later ones each member keeps its own, in case it comes to lead.</summary>
    [Id(9)]
    public long RecordedSnapshot { get; init; } = -1;
}

/// <summary>What a worker should do.</summary>
public enum AssignmentMode
{
    /// <summary>Nothing: drop the run.</summary>
    Idle,

    /// <summary>Prepare for the run.</summary>
    Warm,

    /// <summary>Leave the epoch before, be at an iteration's boundary and wait.</summary>
    Hold,

    /// <summary>Train in the epoch.</summary>
    Train,

    /// <summary>As hold, and upload a checkpoint when it hosts replica 0 or <see cref="WorkerAssignment.Uploads"/> says so.</summary>
    Pause,
}

/// <summary>What a node needs to work on an experiment.</summary>
[GenerateSerializer, Immutable]
public sealed record RunDescription
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required string SpecYaml { get; init; }

    [Id(2)]
    public required string SpecHash { get; init; }

    [Id(3)]
    public required string DatasetHash { get; init; }

    [Id(4)]
    public required ArtifactReference Dataset { get; init; }

    [Id(5)]
    public ArtifactReference? Weights { get; init; }

    /// <summary>The newest checkpoint.</summary>
    [Id(6)]
    public CheckpointRecord? Checkpoint { get; init; }

    /// <summary>Weights of the network that metrics use; null where it is the run's own feature network.</summary>
    [Id(7)]
    public ArtifactReference? MetricWeights { get; init; }
}

using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Contracts;

/// <summary>
/// The events of experiments, in the order in which they happened. Only an experiment's grain appends; anybody reads. Old events are dropped
/// (<see cref="CoordinationOptions.EventsKept"/>) and old statistics thinned, so sequence numbers may begin above 1 and have gaps.
/// </summary>
public interface IExperimentJournal
{
    /// <summary>Appends events and gives them sequence numbers.</summary>
    /// <returns>The last event's number.</returns>
    Task<long> AppendAsync(string experiment, ImmutableArray<ExperimentEvent> events, CancellationToken cancellationToken);

    /// <summary>The oldest kept events behind a sequence number, at most <paramref name="limit"/>.</summary>
    Task<ImmutableArray<ExperimentEvent>> ReadAsync(string experiment, long after, int limit, CancellationToken cancellationToken);

    /// <summary>The newest event's sequence number; 0 without one.</summary>
    Task<long> LastAsync(string experiment, CancellationToken cancellationToken);

    /// <summary>
    /// Ends when there may be events behind a sequence number, at the latest after <see cref="CoordinationOptions.LongPoll"/>. Read then.
    /// </summary>
    Task WaitAsync(string experiment, long after, CancellationToken cancellationToken);
}

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

/// <summary>A node's line.</summary>
[GenerateSerializer, Immutable]
public sealed record LogLine
{
    [Id(0)]
    public required string Worker { get; init; }

    [Id(1)]
    public required string Level { get; init; }

    [Id(2)]
    public required string Text { get; init; }
}

/// <summary>A worker joined, was lost, expelled, refused or drained.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerEvent
{
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>One word: granted, lost, failed, expelled, cooling, drained, shrunk.</summary>
    [Id(1)]
    public required string What { get; init; }

    [Id(2)]
    public string Reason { get; init; } = "";
}

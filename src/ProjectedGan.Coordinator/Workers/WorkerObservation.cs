namespace ProjectedGan.Coordinator.Workers;

/// <summary>What the coordinator knows of a worker.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerObservation
{
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>Null until it registered with this coordinator process.</summary>
    [Id(1)]
    public WorkerRegistration? Registration { get; init; }

    /// <summary>Null until it reported to this coordinator process.</summary>
    [Id(2)]
    public WorkerStatus? Status { get; init; }

    /// <summary>Its lease ran out.</summary>
    [Id(3)]
    public bool Lost { get; init; }

    /// <summary>Its stream stands.</summary>
    [Id(4)]
    public bool Connected { get; init; }

    /// <summary>When the suspicions of its present status began.</summary>
    [Id(5)]
    public DateTimeOffset? SuspiciousSince { get; init; }

    /// <summary>When its present status's phase of its epoch was first reported.</summary>
    [Id(6)]
    public DateTimeOffset PhaseSince { get; init; }

    /// <summary>An assignment waits for it or is its own.</summary>
    [Id(7)]
    public bool IsAssigned { get; init; }

    /// <summary>Version of the newest assignment that it had.</summary>
    [Id(8)]
    public long Version { get; init; }

    /// <summary>When it was last heard.</summary>
    [Id(10)]
    public DateTimeOffset LastHeard { get; init; }

    /// <summary>Which activation of the worker's grain saw it.</summary>
    [Id(11)]
    public string Activation { get; init; } = "";

    /// <summary>Larger for what the same activation saw later.</summary>
    [Id(9)]
    public long Sequence { get; init; }

    /// <summary>
    /// Whether it replaces another one of the same worker. Of two activations the one that is heard now is the living one: they may have been on
    /// machines whose clocks differ, so that nothing else tells them apart.
    /// </summary>
    internal bool IsNewerThan(WorkerObservation? last) => last is null || last.Activation != Activation || Sequence > last.Sequence;
}

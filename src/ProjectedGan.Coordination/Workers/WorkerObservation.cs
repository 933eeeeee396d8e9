namespace ProjectedGan.Coordination.Workers;

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

    /// <summary>Larger for what was seen later; an older observation never replaces a newer one.</summary>
    [Id(9)]
    public long Sequence { get; init; }
}

namespace ProjectedGan.Coordinator.Scheduling;

/// <summary>A worker as the scheduler gives it to an experiment.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerOffer
{
    [Id(0)]
    public required string Worker { get; init; }

    [Id(1)]
    public required string Address { get; init; }

    [Id(2)]
    public required string DeviceKind { get; init; }

    [Id(3)]
    public required string Arithmetic { get; init; }

    /// <summary>It has a run, or has not said yet. One that no experiment holds drops it before it is given to any.</summary>
    [Id(4)]
    public bool HasRun { get; init; }
}

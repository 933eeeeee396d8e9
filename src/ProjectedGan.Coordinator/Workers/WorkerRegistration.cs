namespace ProjectedGan.Coordinator.Workers;

/// <summary>Who a worker is.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerRegistration
{
    /// <summary>Stable over reconnections of one process, new for each process.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>For people.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>cpu or cuda.</summary>
    [Id(2)]
    public required string DeviceKind { get; init; }

    [Id(3)]
    public string Device { get; init; } = "";

    /// <summary>Everything that can change bits: the workers of a run agree on it.</summary>
    [Id(4)]
    public required string Arithmetic { get; init; }

    /// <summary>Where other workers reach this one.</summary>
    [Id(5)]
    public required string Address { get; init; }

    [Id(6)]
    public string Version { get; init; } = "";
}

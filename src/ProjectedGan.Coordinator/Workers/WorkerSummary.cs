namespace ProjectedGan.Coordinator.Workers;

/// <summary>A worker in a list.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerSummary
{
    [Id(0)]
    public required WorkerRegistration Registration { get; init; }

    /// <summary>idle, warming, training, holding, draining or lost.</summary>
    [Id(1)]
    public required string State { get; init; }

    /// <summary>Empty without one.</summary>
    [Id(2)]
    public string Experiment { get; init; } = "";

    [Id(3)]
    public DateTimeOffset Registered { get; init; }

    [Id(4)]
    public DateTimeOffset LastHeartbeat { get; init; }

    /// <summary>For people: an error, the iteration.</summary>
    [Id(5)]
    public string Detail { get; init; } = "";

    [Id(6)]
    public long DeviceMemoryBytes { get; init; }
}

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>Who an evaluator is.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluatorRegistration
{
    /// <summary>Stable over reconnections of one process, new for each process.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>For people.</summary>
    [Id(1)]
    public required string Name { get; init; }

    [Id(2)]
    public required string DeviceKind { get; init; }

    [Id(3)]
    public string Device { get; init; } = "";

    [Id(4)]
    public string Version { get; init; } = "";
}

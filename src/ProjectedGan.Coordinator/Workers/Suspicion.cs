namespace ProjectedGan.Coordinator.Workers;

/// <summary>A peer could not be reached or sent damaged or non-finite data in the status's epoch.</summary>
[GenerateSerializer, Immutable]
public sealed record Suspicion
{
    [Id(0)]
    public required string Worker { get; init; }

    [Id(1)]
    public required SuspicionKind Kind { get; init; }

    [Id(2)]
    public int Count { get; init; } = 1;

    [Id(3)]
    public string Detail { get; init; } = "";
}

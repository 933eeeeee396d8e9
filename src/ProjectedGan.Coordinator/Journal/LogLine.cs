namespace ProjectedGan.Coordinator.Journal;

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

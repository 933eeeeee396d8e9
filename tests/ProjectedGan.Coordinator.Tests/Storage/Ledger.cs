using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Tests.Storage;

/// <summary>A state with the kinds of members that the product's states have.</summary>
[GenerateSerializer]
public sealed record Ledger
{
    [Id(0)]
    public ImmutableArray<string> Entries { get; init; } = [];

    [Id(1)]
    public DateTimeOffset? Opened { get; init; }

    [Id(2)]
    public DayOfWeek Day { get; init; }

    [Id(3)]
    public Dictionary<string, double> Figures { get; init; } = [];

    [Id(4)]
    public TimeSpan Length { get; init; }
}

/// <summary>The same as a later version knows it: one member gone, one new.</summary>
[GenerateSerializer]
public sealed record LaterLedger
{
    [Id(0)]
    public ImmutableArray<string> Entries { get; init; } = [];

    [Id(5)]
    public string Owner { get; init; } = "nobody";
}

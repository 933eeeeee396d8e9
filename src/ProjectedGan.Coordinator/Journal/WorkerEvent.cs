namespace ProjectedGan.Coordinator.Journal;

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

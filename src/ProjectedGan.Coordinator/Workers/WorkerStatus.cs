using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Workers;

/// <summary>The heartbeat: what a worker does.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerStatus
{
    [Id(0)]
    public WorkerPhase Phase { get; init; }

    /// <summary>The experiment; empty when idle.</summary>
    [Id(1)]
    public string Run { get; init; } = "";

    [Id(2)]
    public long Epoch { get; init; }

    /// <summary>Completed iterations of the state that it holds; -1 without one.</summary>
    [Id(3)]
    public long Iteration { get; init; } = -1;

    /// <summary>Version of the assignment that this answers.</summary>
    [Id(4)]
    public long Assignment { get; init; }

    [Id(5)]
    public string Error { get; init; } = "";

    /// <summary>The error lies in the spec or the data and would happen on any worker.</summary>
    [Id(6)]
    public bool ErrorIsEverywhere { get; init; }

    /// <summary>The error will pass, by itself or by an operator's hand: a full disk, a file that the coordinator lacks.</summary>
    [Id(11)]
    public bool ErrorPasses { get; init; }

    [Id(7)]
    public ImmutableArray<Suspicion> Suspicions { get; init; } = [];

    [Id(8)]
    public string WeightsHash { get; init; } = "";

    /// <summary>It wants to leave; it stays until it is assigned nothing.</summary>
    [Id(9)]
    public bool Draining { get; init; }

    [Id(10)]
    public long DeviceMemoryBytes { get; init; }
}

using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Scheduling;

/// <summary>An experiment as the scheduler sees it.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentDemand
{
    [Id(0)]
    public required string Experiment { get; init; }

    [Id(1)]
    public required string User { get; init; }

    [Id(2)]
    public required int Priority { get; init; }

    /// <summary>It takes workers: neither paused, nor stopping, nor ended.</summary>
    [Id(3)]
    public required bool Wants { get; init; }

    /// <summary>Since when it waits for its place in the queue.</summary>
    [Id(4)]
    public required DateTimeOffset QueuedSince { get; init; }

    [Id(5)]
    public required int MinWorkers { get; init; }

    [Id(6)]
    public required int MaxWorkers { get; init; }

    /// <summary>cpu or cuda; empty for any.</summary>
    [Id(7)]
    public string DeviceKind { get; init; } = "";

    /// <summary>What its workers must have, once it has begun; empty before.</summary>
    [Id(8)]
    public string Arithmetic { get; init; } = "";

    /// <summary>Workers that it holds and means to keep, in the order of replicas.</summary>
    [Id(9)]
    public ImmutableArray<string> Workers { get; init; } = [];

    /// <summary>Workers that it holds and that are leaving it.</summary>
    [Id(10)]
    public ImmutableArray<string> Leaving { get; init; } = [];

    [Id(11)]
    public ImmutableArray<ExcludedWorker> Excluded { get; init; } = [];

    /// <summary>Grows with every change that the experiment makes, so that an older demand never replaces a newer one.</summary>
    [Id(12)]
    public long Revision { get; init; }
}

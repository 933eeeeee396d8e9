using System.Collections.Immutable;
using Orleans.Concurrency;

namespace ProjectedGan.Coordinator.Contracts;

/// <summary>Gives workers to experiments; one grain of the key <see cref="GrainNames.Single"/>. It knows what experiments and workers told it and asks them again after a restart.</summary>
public interface ISchedulerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Wakes every experiment that has not ended and gives waiting evaluations back to their queue. The host calls it once the silo runs, and
    /// again until it succeeds.
    /// </summary>
    Task StartAsync();

    /// <summary>An experiment's needs changed.</summary>
    [AlwaysInterleave]
    Task NoteDemandAsync(ExperimentDemand demand);

    /// <summary>A worker came, changed or was lost.</summary>
    [AlwaysInterleave]
    Task NoteWorkerAsync(WorkerObservation worker);

    /// <summary>Why those of some experiments that wait for workers do not train, in one line each.</summary>
    [AlwaysInterleave]
    Task<ImmutableDictionary<string, string>> ExplainAsync(ImmutableArray<string> experiments);

    /// <summary>Plans and acts. The grain calls it itself (<see cref="CoordinationOptions.TickInterval"/>).</summary>
    Task TickAsync();
}

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

/// <summary>A worker that an experiment does not take.</summary>
[GenerateSerializer, Immutable]
public sealed record ExcludedWorker
{
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>The end of its cool-down; <see cref="DateTimeOffset.MaxValue"/> for an expelled one.</summary>
    [Id(1)]
    public required DateTimeOffset Until { get; init; }

    /// <summary>In one line; empty in a state of an older version.</summary>
    [Id(2)]
    public string Reason { get; init; } = "";
}

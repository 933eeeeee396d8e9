using System.Collections.Immutable;
using Orleans.Concurrency;
using ProjectedGan.Coordinator.Workers;

namespace ProjectedGan.Coordinator.Scheduling;

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

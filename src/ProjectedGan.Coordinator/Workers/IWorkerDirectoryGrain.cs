using System.Collections.Immutable;
using Orleans.Concurrency;

namespace ProjectedGan.Coordinator.Workers;

/// <summary>All workers, in one grain of the key <see cref="GrainNames.Single"/>.</summary>
public interface IWorkerDirectoryGrain : IGrainWithStringKey
{
    /// <summary>All known workers by name, the lost ones of the last <see cref="CoordinationOptions.RememberLostNodes"/> among them.</summary>
    [AlwaysInterleave]
    Task<ImmutableArray<WorkerSummary>> ListAsync();

    /// <summary>A worker's grain tells what became of it.</summary>
    [AlwaysInterleave]
    Task NoteAsync(WorkerSummary summary);
}

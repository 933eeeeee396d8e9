using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Workers;

/// <inheritdoc cref="IWorkerDirectoryGrain"/>
[KeepAlive]
internal sealed class WorkerDirectoryGrain(CoordinationOptions options, ICoordinationObserver observer, TimeProvider time) : Grain, IWorkerDirectoryGrain
{
    private readonly Dictionary<string, WorkerSummary> _workers = new(StringComparer.Ordinal);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Where it is activated next it shows them itself.
        observer.Nodes("worker", ImmutableDictionary<string, int>.Empty);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<WorkerSummary>> ListAsync()
    {
        Forget();
        return Task.FromResult<ImmutableArray<WorkerSummary>>([.. _workers.Values.OrderBy(worker => worker.Registration.Name, StringComparer.Ordinal).ThenBy(worker => worker.Registration.Id, StringComparer.Ordinal)]);
    }

    public Task NoteAsync(WorkerSummary summary)
    {
        var changed = !_workers.TryGetValue(summary.Registration.Id, out var before) || before.State != summary.State;
        _workers[summary.Registration.Id] = summary;
        if (changed)
        {
            Forget();
            observer.Nodes("worker", _workers.Values.CountBy(worker => worker.State).ToDictionary());
        }

        return Task.CompletedTask;
    }

    private void Forget()
    {
        var oldest = time.GetUtcNow() - options.RememberLostNodes;
        foreach (var id in _workers.Values.Where(worker => worker.State == "lost" && worker.LastHeartbeat < oldest).Select(worker => worker.Registration.Id).ToArray())
        {
            _workers.Remove(id);
        }
    }
}

/// <summary>Puts what is known of a worker in words.</summary>
internal static class WorkerSummaries
{
    public static WorkerSummary Describe(WorkerRegistration registration, WorkerObservation seen, WorkerAssignment? assignment, DateTimeOffset registered, DateTimeOffset heard) => new()
    {
        Registration = registration,
        State = seen.Lost ? "lost" : seen.Status switch
        {
            { Draining: true } => "draining",
            { Phase: WorkerPhase.Warming or WorkerPhase.Warm } => "warming",
            { Phase: WorkerPhase.Held } => "holding",
            { Phase: WorkerPhase.Syncing or WorkerPhase.Training or WorkerPhase.Finished } => "training",
            _ => "idle",
        },
        Experiment = seen.Lost ? "" : assignment?.Run?.Id ?? seen.Status?.Run ?? "",
        Registered = registered,
        LastHeartbeat = heard,
        Detail = seen.Status switch
        {
            { Error.Length: > 0 } status => status.Error,
            { Iteration: >= 0 } status => $"iteration {status.Iteration}",
            _ => "",
        },
        DeviceMemoryBytes = seen.Status?.DeviceMemoryBytes ?? 0,
    };
}

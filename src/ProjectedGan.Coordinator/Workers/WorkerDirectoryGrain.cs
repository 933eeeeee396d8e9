using System.Collections.Immutable;

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
        bool changed = !_workers.TryGetValue(summary.Registration.Id, out WorkerSummary? before) || before.State != summary.State;
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
        DateTimeOffset oldest = time.GetUtcNow() - options.RememberLostNodes;
        foreach (string id in _workers.Values.Where(worker => worker.State == "lost" && worker.LastHeartbeat < oldest).Select(worker => worker.Registration.Id).ToArray())
        {
            _workers.Remove(id);
        }
    }
}

using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Scheduling;

/// <inheritdoc cref="ISchedulerGrain"/>
[KeepAlive]
internal sealed partial class SchedulerGrain(CoordinationOptions options, ICoordinationObserver observer, TimeProvider time, ILogger<SchedulerGrain> logger) : Grain, ISchedulerGrain
{
    private const int WakenAtOnce = 32;

    private readonly Dictionary<string, ExperimentDemand> _demands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkerOffer> _workers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkerObservation> _seen = new(StringComparer.Ordinal);

    // Workers given in calls that failed: nobody else gets them until the experiment has said whether it holds them.
    private readonly Dictionary<string, string> _uncertain = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, DateTimeOffset> _strandedSince = ImmutableDictionary<string, DateTimeOffset>.Empty;
    private ImmutableDictionary<string, string> _reasons = ImmutableDictionary<string, string>.Empty;
    private bool _awake;
    private bool _changed = true;
    private DateTimeOffset _planned;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (options.TickInterval > TimeSpan.Zero)
        {
            // More often than others: a change waits for the next look, and a plan is made only after a change.
            this.RegisterGrainTimer(LookAsync, options.TickInterval / 5, options.TickInterval / 5);
        }

        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Where it is activated next it shows them itself.
        observer.QueueChanged(0, null);
        return Task.CompletedTask;
    }

    public async Task StartAsync()
    {
        var directory = GrainFactory.GetGrain<IExperimentDirectoryGrain>(GrainNames.Single);
        List<Exception> unanswered = [];
        foreach (var ids in (await directory.ListActiveAsync()).Chunk(WakenAtOnce))
        {
            var failures = await Task.WhenAll(ids.Select(id => WakeAsync(id, directory)));
            unanswered.AddRange(failures.OfType<Exception>().Where(failure => failure is OrleansException or TimeoutException));
        }

        if (unanswered.Count > 0)
        {
            // Which workers these hold is not known, and nobody else may get them: there is no plan before it is.
            throw unanswered[0];
        }

        _awake = true;
        _changed = true;
    }

    public Task NoteDemandAsync(ExperimentDemand demand)
    {
        if (!_demands.TryGetValue(demand.Experiment, out var known) || known.Revision <= demand.Revision)
        {
            var over = !demand.Wants && demand.Workers.IsEmpty && demand.Leaving.IsEmpty;
            if (over)
            {
                _demands.Remove(demand.Experiment);
            }
            else
            {
                _demands[demand.Experiment] = demand;
            }

            _changed = true;
        }

        return Task.CompletedTask;
    }

    public Task NoteWorkerAsync(WorkerObservation worker)
    {
        if (!worker.IsNewerThan(_seen.GetValueOrDefault(worker.Worker)))
        {
            return Task.CompletedTask;
        }

        _seen[worker.Worker] = worker;
        if (worker is { Lost: false, Registration: { } registration, Status.Draining: not true })
        {
            var offer = new WorkerOffer
            {
                Worker = worker.Worker,
                Address = registration.Address,
                DeviceKind = registration.DeviceKind,
                Arithmetic = registration.Arithmetic,
                HasRun = worker.Status?.Run != "",
            };
            _changed |= !_workers.TryGetValue(worker.Worker, out var known) || known != offer;
            _workers[worker.Worker] = offer;
        }
        else
        {
            _changed |= _workers.Remove(worker.Worker);
        }

        return Task.CompletedTask;
    }

    public Task<ImmutableDictionary<string, string>> ExplainAsync(ImmutableArray<string> experiments)
        => Task.FromResult(experiments.Where(_reasons.ContainsKey).Distinct().ToImmutableDictionary(id => id, id => _reasons[id]));

    public async Task TickAsync()
    {
        if (!_awake)
        {
            await StartAsync();
        }

        _changed = false;
        _planned = time.GetUtcNow();
        await SettleAsync();
        WorkerOffer[] workers = [.. _workers.Values.Where(worker => !_uncertain.ContainsKey(worker.Worker))];
        var plan = SchedulePlan.Make([.. _demands.Values], workers, new PlanOptions(_planned, options.ReserveAfter, options.GiveBackAfter, _strandedSince));
        _strandedSince = plan.Stranded.ToImmutableDictionary(id => id, id => _strandedSince.GetValueOrDefault(id, _planned));
        _reasons = plan.Reasons;
        ExperimentDemand[] waiting = [.. _demands.Values.Where(demand => demand.Wants && demand.Workers.Length < demand.MinWorkers)];
        observer.QueueChanged(waiting.Length, waiting.Length == 0 ? null : waiting.Min(demand => demand.QueuedSince));
        foreach (var shrink in plan.Shrinks)
        {
            await TryAsync(shrink, grant => GrainFactory.GetGrain<IExperimentGrain>(shrink.Experiment).ShrinkAsync(grant));
        }

        foreach (var grant in plan.Grants)
        {
            await GiveAsync(grant);
        }
    }

    private async Task LookAsync()
    {
        // Time alone changes a plan by reservations and the ends of cool-downs.
        if (_changed || !_awake || time.GetUtcNow() - _planned >= options.HeartbeatInterval)
        {
            await TickAsync();
        }
    }

    // One that cannot be woken keeps no other one from being so.
    private async Task<Exception?> WakeAsync(string id, IExperimentDirectoryGrain directory)
    {
        try
        {
            var demand = await GrainFactory.GetGrain<IExperimentGrain>(id).WakeAsync();
            if (demand is not null)
            {
                await NoteDemandAsync(demand);
            }
            else
            {
                await directory.TidyAsync(id);
            }

            return null;
        }
        catch (Exception exception)
        {
            LogNotWoken(logger, id, exception);
            return exception;
        }
    }

    private async Task GiveAsync(WorkerGrant grant)
    {
        foreach (var worker in grant.Workers)
        {
            _uncertain[worker.Worker] = grant.Experiment;
        }

        var given = await TryAsync(grant, _ => GrainFactory.GetGrain<IExperimentGrain>(grant.Experiment).GrantAsync(grant.Workers));
        if (given)
        {
            observer.Assigned(grant.Workers.Length);
            foreach (var worker in grant.Workers)
            {
                _uncertain.Remove(worker.Worker);
            }
        }
    }

    private async Task<bool> TryAsync(WorkerGrant grant, Func<ImmutableArray<string>, Task> call)
    {
        try
        {
            await call([.. grant.Workers.Select(worker => worker.Worker)]);
            return true;
        }
        catch (Exception exception)
        {
            LogNotTold(logger, grant.Experiment, exception);
            _changed = true;
            return false;
        }
    }

    private async Task SettleAsync()
    {
        foreach (var experiment in _uncertain.Values.Distinct().ToArray())
        {
            try
            {
                if (await GrainFactory.GetGrain<IExperimentGrain>(experiment).WakeAsync() is { } demand)
                {
                    await NoteDemandAsync(demand);
                }

                foreach (var worker in _uncertain.Where(entry => entry.Value == experiment).Select(entry => entry.Key).ToArray())
                {
                    _uncertain.Remove(worker);
                }
            }
            catch (Exception exception)
            {
                LogNotTold(logger, experiment, exception);
                _changed = true;
            }
        }
    }

    [LoggerMessage(10, LogLevel.Warning, "Experiment {Experiment} could not be told about its workers; it is tried again.")]
    private static partial void LogNotTold(ILogger logger, string experiment, Exception exception);

    [LoggerMessage(11, LogLevel.Error, "Experiment {Experiment} could not be woken.")]
    private static partial void LogNotWoken(ILogger logger, string experiment, Exception exception);
}

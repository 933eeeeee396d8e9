using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Evaluations;

/// <inheritdoc cref="IEvaluationQueueGrain"/>
[KeepAlive]
internal sealed partial class EvaluationQueueGrain(CoordinationOptions options, ICoordinationObserver observer, TimeProvider time, ILogger<EvaluationQueueGrain> logger)
    : Grain, IEvaluationQueueGrain
{
    private readonly EvaluationQueue _queue = new();
    private readonly SortedDictionary<string, EvaluatorSeat> _evaluators = new(StringComparer.Ordinal);

    // Attempts that ended with their evaluator and that the experiment has not recorded yet.
    private readonly List<(QueuedSnapshot Snapshot, EvaluationOutcome Outcome)> _owed = [];
    private bool _awake;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (options.TickInterval > TimeSpan.Zero)
        {
            this.RegisterGrainTimer(TickAsync, options.TickInterval, options.TickInterval);
        }

        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Where it is activated next it shows them itself.
        observer.EvaluationQueueChanged(0, null);
        observer.Nodes("evaluator", ImmutableDictionary<string, int>.Empty);
        return Task.CompletedTask;
    }

    public async Task RegisterAsync(EvaluatorRegistration registration, string connection)
    {
        var now = time.GetUtcNow();
        if (!_evaluators.TryGetValue(registration.Id, out var seat))
        {
            seat = new EvaluatorSeat(options, now) { Registration = registration };
            _evaluators[registration.Id] = seat;
        }

        seat.Connect(registration, connection, now);
        await TickAsync();
    }

    public async Task ReportAsync(string evaluator, EvaluatorStatus status)
    {
        var seat = Seat(evaluator);
        seat.Hear(status, time.GetUtcNow());
        await AdoptAsync(seat, status.Task);
        await TickAsync();
    }

    public Task DisconnectAsync(string evaluator, string connection)
    {
        if (_evaluators.TryGetValue(evaluator, out var seat) && seat.Connection == connection)
        {
            seat.Break(time.GetUtcNow());
        }

        return Task.CompletedTask;
    }

    public async Task<EvaluatorCommand?> WaitForCommandAsync(string evaluator, long knownVersion, CancellationToken cancellationToken)
    {
        var seat = Seat(evaluator);
        var began = time.GetTimestamp();
        while (seat.Command.Version <= knownVersion)
        {
            var left = options.LongPoll - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            try
            {
                await seat.Commanded.WaitAsync(left, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }

        return seat.Command;
    }

    public async Task CompleteAsync(string evaluator, string task, EvaluationOutcome outcome)
    {
        var seat = Seat(evaluator);
        await AdoptAsync(seat, task);
        if (seat.Task?.Id != task || seat.Snapshot is not { } snapshot)
        {
            LogDropped(logger, task, evaluator);
            return;
        }

        // Where this fails the evaluator keeps the task and says it again.
        var again = await GrainFactory.GetGrain<IExperimentGrain>(snapshot.Experiment).RecordEvaluationAsync(snapshot.Images, outcome);
        seat.Assign(null, null);
        if (again)
        {
            _queue.Add(snapshot.Experiment, snapshot.Images, time.GetUtcNow());
        }

        await TickAsync();
    }

    public Task EnqueueAsync(string experiment, long images)
    {
        if (!_evaluators.Values.Any(seat => seat.Snapshot?.Experiment == experiment && seat.Snapshot.Images == images))
        {
            _queue.Add(experiment, images, time.GetUtcNow());
            Measure();
        }

        return Task.CompletedTask;
    }

    public Task WithdrawAsync(string experiment, long images)
    {
        if (_queue.Remove(experiment, images))
        {
            Measure();
        }

        return Task.CompletedTask;
    }

    public Task DropAsync(string experiment)
    {
        _queue.RemoveAll(experiment);
        foreach (var seat in _evaluators.Values.Where(seat => seat.Snapshot?.Experiment == experiment))
        {
            seat.Assign(null, null);
        }

        Measure();
        return Task.CompletedTask;
    }

    public Task<EvaluationQueueSummary> DescribeAsync() => Task.FromResult(new EvaluationQueueSummary
    {
        Evaluators = [.. _evaluators.Values.Select(seat => seat.Describe())],
        Queued = _queue.Count,
        Running = _evaluators.Values.Count(seat => seat.Task is not null),
        OldestQueued = _queue.Oldest,
    });

    public async Task TickAsync()
    {
        var now = time.GetUtcNow();
        foreach (var seat in _evaluators.Values.ToArray())
        {
            if (seat.Expires(now) && seat.Snapshot is { } snapshot)
            {
                _owed.Add((snapshot, new EvaluationOutcome { Error = $"Evaluator {seat.Registration.Name} was lost." }));
                seat.Assign(null, null);
            }

            if (seat.IsLost && now - seat.LastHeard > options.RememberLostNodes)
            {
                _evaluators.Remove(seat.Registration.Id);
            }
        }

        await WakeAsync();
        await PayAsync();
        foreach (var seat in _evaluators.Values.Where(seat => seat.IsFree).ToArray())
        {
            if (!await HandOutAsync(seat))
            {
                break;
            }
        }

        Measure();
    }

    // An evaluator that outlived the coordinator goes on with what it has, if that still waits.
    private async Task AdoptAsync(EvaluatorSeat seat, string task)
    {
        if (seat.Task is null && task.Split('/') is [var experiment, var images, _] && long.TryParse(images, out var parsed) && _queue.Remove(experiment, parsed))
        {
            await BeginAsync(seat, new QueuedSnapshot(experiment, parsed, time.GetUtcNow()), task);
        }
    }

    // A queue that was made anew in another coordinator knows nothing of what waits, and whoever gave it to the earlier one takes it as given.
    private async Task WakeAsync()
    {
        if (_awake || _evaluators.Count == 0)
        {
            return;
        }

        try
        {
            await GrainFactory.GetGrain<ISchedulerGrain>(GrainNames.Single).StartAsync();
            _awake = true;
        }
        catch (Exception exception)
        {
            LogNotWoken(logger, exception);
        }
    }

    private async Task PayAsync()
    {
        foreach (var debt in _owed.ToArray())
        {
            try
            {
                if (await GrainFactory.GetGrain<IExperimentGrain>(debt.Snapshot.Experiment).RecordEvaluationAsync(debt.Snapshot.Images, debt.Outcome))
                {
                    _queue.Add(debt.Snapshot.Experiment, debt.Snapshot.Images, debt.Snapshot.Since);
                }

                _owed.Remove(debt);
            }
            catch (Exception exception)
            {
                LogNotRecorded(logger, debt.Snapshot.Experiment, exception);
            }
        }
    }

    private async Task<bool> HandOutAsync(EvaluatorSeat seat)
    {
        HashSet<string> busy = [.. _evaluators.Values.Select(other => other.Snapshot?.Experiment ?? ""), .. _owed.Select(debt => debt.Snapshot.Experiment)];
        while (_queue.Take(busy) is { } next)
        {
            if (await BeginAsync(seat, next, ""))
            {
                return true;
            }

            // Its next one waits for the next look, which keeps a storage that is away from being asked in a circle.
            busy.Add(next.Experiment);
        }

        return false;
    }

    private async Task<bool> BeginAsync(EvaluatorSeat seat, QueuedSnapshot snapshot, string adopted)
    {
        try
        {
            var task = await GrainFactory.GetGrain<IExperimentGrain>(snapshot.Experiment).BeginEvaluationAsync(snapshot.Images);
            if (task is null)
            {
                return false;
            }

            seat.Assign(adopted.Length > 0 ? task with { Id = adopted } : task, snapshot);
            return true;
        }
        catch (Exception exception)
        {
            LogNotRecorded(logger, snapshot.Experiment, exception);
            _queue.Add(snapshot.Experiment, snapshot.Images, snapshot.Since);
            return false;
        }
    }

    private EvaluatorSeat Seat(string evaluator) => _evaluators.TryGetValue(evaluator, out var seat)
        ? seat
        : throw new NotFoundException($"Evaluator {evaluator} is not registered with this coordinator; register again.");

    private void Measure()
    {
        observer.EvaluationQueueChanged(_queue.Count, _queue.Oldest);
        observer.Nodes("evaluator", _evaluators.Values.CountBy(seat => seat.Describe().State).ToDictionary());
    }

    [LoggerMessage(20, LogLevel.Information, "The result of task {Task} from evaluator {Evaluator} came too late and is dropped.")]
    private static partial void LogDropped(ILogger logger, string task, string evaluator);

    [LoggerMessage(21, LogLevel.Warning, "An evaluation of experiment {Experiment} could not be recorded; it is tried again.")]
    private static partial void LogNotRecorded(ILogger logger, string experiment, Exception exception);

    [LoggerMessage(22, LogLevel.Warning, "What waits to be evaluated could not be asked for; it is tried again.")]
    private static partial void LogNotWoken(ILogger logger, Exception exception);
}

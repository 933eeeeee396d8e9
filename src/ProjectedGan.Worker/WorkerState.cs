using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Worker;

/// <summary>What a worker is doing, as its heartbeat tells it. Thread-safe.</summary>
/// <param name="changed">Called after each change but those of the iteration, outside the lock.</param>
internal sealed class WorkerState(Action changed)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Worker, Suspicion.Types.Kind Kind), Suspicion> _suspicions = [];
    private readonly WorkerStatus _status = new() { Phase = WorkerPhase.Idle, Iteration = -1 };
    private Func<long> _iteration = () => -1;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The heartbeat's content.</summary>
    public WorkerStatus Current()
    {
        lock (_lock)
        {
            var copy = _status.Clone();
            copy.Iteration = _iteration();
            copy.Suspicions.Add(_suspicions.Values.Select(suspicion => suspicion.Clone()));
            return copy;
        }
    }

    public WorkerPhase Phase
    {
        get
        {
            lock (_lock)
            {
                return _status.Phase;
            }
        }
    }

    /// <summary>Waits until the worker is in a phase.</summary>
    public async Task WaitForAsync(WorkerPhase phase, CancellationToken cancellation)
    {
        while (true)
        {
            Task change;
            lock (_lock)
            {
                if (_status.Phase == phase)
                {
                    return;
                }
                change = _changed.Task;
            }
            await change.WaitAsync(cancellation);
        }
    }

    /// <summary>Begins to follow an assignment.</summary>
    public void Begin(Assignment assignment, WorkerPhase phase) => Change(() =>
    {
        if (assignment.Epoch != _status.Epoch || assignment.Run.Id != _status.Run)
        {
            _suspicions.Clear();
        }
        (_status.Assignment, _status.Run, _status.Epoch) = (assignment.Version, assignment.Run.Id, assignment.Epoch);
        SetPhase(phase);
    });

    /// <summary>Goes on with what it does under a newer assignment of the same content.</summary>
    public void Acknowledge(long assignment) => Change(() => _status.Assignment = assignment);

    /// <summary>Has nothing to do.</summary>
    public void Rest(long assignment) => Change(() =>
    {
        _suspicions.Clear();
        _iteration = () => -1;
        (_status.Assignment, _status.Run, _status.Epoch) = (assignment, "", 0);
        SetPhase(WorkerPhase.Idle);
    });

    /// <summary>Goes on to another phase of the same assignment.</summary>
    public void Enter(WorkerPhase phase) => Change(() => SetPhase(phase));

    /// <summary>Where the count of completed iterations is read from.</summary>
    public void Follow(Func<long> iteration) => Change(() => _iteration = iteration);

    public void Finish(string weightsHash) => Change(() =>
    {
        SetPhase(WorkerPhase.Finished);
        _status.WeightsHash = weightsHash;
    });

    /// <param name="error">Why it cannot go on.</param>
    /// <param name="isEverywhere">It lies in the spec or the data and would happen on any worker.</param>
    /// <param name="passes">It may be mended from outside; this worker is worth another try.</param>
    public void Fail(string error, bool isEverywhere, bool passes) => Change(() =>
    {
        SetPhase(WorkerPhase.Failed);
        (_status.Error, _status.ErrorIsEverywhere, _status.ErrorPasses) = (error, isEverywhere, passes);
    });

    public void Drain() => Change(() => _status.Draining = true);

    public void Suspect(string worker, Suspicion.Types.Kind kind, string detail) => Change(() =>
    {
        if (!_suspicions.TryGetValue((worker, kind), out var suspicion))
        {
            _suspicions[(worker, kind)] = suspicion = new Suspicion { Worker = worker, Kind = kind };
        }
        (suspicion.Count, suspicion.Detail) = (suspicion.Count + 1, detail);
    });

    private void SetPhase(WorkerPhase phase) => (_status.Phase, _status.Error, _status.ErrorIsEverywhere, _status.ErrorPasses, _status.WeightsHash) = (phase, "", false, false, "");

    private void Change(Action change)
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            change();
            (told, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        told.SetResult();
        changed();
    }
}

using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>An evaluator that the queue knows.</summary>
internal sealed class EvaluatorSeat(CoordinationOptions options, DateTimeOffset now)
{
    private DateTimeOffset? _broken;
    private bool _reported;
    private TaskCompletionSource _commanded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required EvaluatorRegistration Registration { get; set; }

    public string Connection { get; private set; } = "";

    public DateTimeOffset Registered { get; } = now;

    public DateTimeOffset LastHeard { get; private set; } = now;

    public EvaluatorStatus Status { get; private set; } = new();

    public bool IsLost { get; private set; }

    public EvaluationTask? Task { get; private set; }

    public QueuedSnapshot? Snapshot { get; private set; }

    // The clock's milliseconds: versions grow over restarts of the coordinator without being stored.
    public EvaluatorCommand Command { get; private set; } = new() { Version = now.ToUnixTimeMilliseconds() };

    public Task Commanded => _commanded.Task;

    public bool IsFree => !IsLost && _reported && Task is null && !Status.Draining;

    public void Connect(EvaluatorRegistration registration, string connection, DateTimeOffset now)
    {
        (Registration, Connection, _broken) = (registration, connection, null);
        (LastHeard, IsLost, _reported) = (now, false, false);
    }

    public void Hear(EvaluatorStatus status, DateTimeOffset now) => (Status, LastHeard, IsLost, _reported) = (status, now, false, true);

    public void Break(DateTimeOffset now) => _broken = now;

    /// <summary>Whether its lease ran out just now.</summary>
    public bool Expires(DateTimeOffset now)
    {
        var over = now >= LastHeard + options.EvaluatorLease || now >= _broken + options.BrokenStreamLease;
        var expires = over && !IsLost;
        IsLost |= over;
        return expires;
    }

    /// <summary>Gives it a task, or none.</summary>
    public void Assign(EvaluationTask? task, QueuedSnapshot? snapshot)
    {
        (Task, Snapshot) = (task, snapshot);
        Command = new EvaluatorCommand { Version = Command.Version + 1, Task = task };
        var commanded = _commanded;
        _commanded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        commanded.TrySetResult();
    }

    public EvaluatorSummary Describe() => new()
    {
        Registration = Registration,
        State = IsLost ? "lost" : Status.Draining ? "draining" : Task is null ? "idle" : "evaluating",
        Experiment = Snapshot?.Experiment ?? "",
        Images = Snapshot?.Images ?? 0,
        Progress = Task is not null && Status.Task == Task.Id ? Status.Progress : 0,
        Registered = Registered,
        LastHeartbeat = LastHeard,
    };
}

/// <summary>Snapshots that wait, oldest first; of an experiment one at a time, in the order of its images.</summary>
internal sealed class EvaluationQueue
{
    private readonly List<QueuedSnapshot> _waiting = [];

    public int Count => _waiting.Count;

    public DateTimeOffset? Oldest => _waiting.Count == 0 ? null : _waiting.Min(entry => entry.Since);

    public void Add(string experiment, long images, DateTimeOffset now)
    {
        if (!_waiting.Exists(entry => entry.Experiment == experiment && entry.Images == images))
        {
            _waiting.Add(new QueuedSnapshot(experiment, images, now));
        }
    }

    public bool Remove(string experiment, long images) => _waiting.RemoveAll(entry => entry.Experiment == experiment && entry.Images == images) > 0;

    public void RemoveAll(string experiment) => _waiting.RemoveAll(entry => entry.Experiment == experiment);

    /// <summary>Takes the next one out, of an experiment of which none is under way.</summary>
    public QueuedSnapshot? Take(IReadOnlySet<string> busy)
    {
        var next = _waiting.Where(entry => !busy.Contains(entry.Experiment)).GroupBy(entry => entry.Experiment, StringComparer.Ordinal)
            .Select(entries => entries.MinBy(entry => entry.Images)!).MinBy(entry => entry.Since);
        if (next is not null)
        {
            _waiting.Remove(next);
        }

        return next;
    }
}

/// <summary>A snapshot that waits for its evaluation.</summary>
internal sealed record QueuedSnapshot(string Experiment, long Images, DateTimeOffset Since);

using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>An experiment's record while it is changed, and the events that tell of the change. Nothing of it counts until it is stored.</summary>
internal sealed class MembershipChange(string id, ExperimentSubmission submission, ExperimentRecord record, DateTimeOffset now, CoordinationOptions options)
{
    // A run whose workers come and go for weeks keeps its first and its last transitions.
    private const int TransitionsKept = 500;

    // A worker that fails at once after each restart has a new name each time.
    private const int ExclusionsKept = 1_000;

    private readonly ImmutableArray<ExperimentEvent>.Builder _events = ImmutableArray.CreateBuilder<ExperimentEvent>();

    public string Id { get; } = id;

    public ExperimentSubmission Submission { get; } = submission;

    public ExperimentRecord Record { get; set; } = record;

    public DateTimeOffset Now { get; } = now;

    public CoordinationOptions Options { get; } = options;

    /// <summary>Iterations that are known to be committed.</summary>
    public long Known { get; init; }

    /// <summary>Digests of files that the experiment needs and the coordinator has no more.</summary>
    public IReadOnlySet<string> Missing { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Epochs with training that ended, by reason.</summary>
    public List<EpochEnd> EpochEnds { get; } = [];

    public ImmutableArray<ExperimentEvent> Events => _events.ToImmutable();

    public void Tell(ExperimentEvent happened) => _events.Add(happened);

    public void Tell(string worker, string what, string reason)
        => Tell(new ExperimentEvent { Time = Now, Text = $"Worker {worker}: {what}. {reason}".TrimEnd(), Worker = new WorkerEvent { Worker = worker, What = what, Reason = reason } });

    /// <summary>Enters a state, or only says anew why it is in it.</summary>
    public void MoveTo(ExperimentState state, string reason)
    {
        if (state == Record.State)
        {
            Record = Record with { Reason = reason };
            return;
        }

        var transition = new StateTransition { State = state, Reason = reason, Time = Now };
        var history = Record.History.Add(transition);
        Record = Record with
        {
            State = state,
            Reason = reason,
            History = history.Length > TransitionsKept ? history.RemoveAt(1) : history,
            Started = Record.Started ?? (state == ExperimentState.Running ? Now : null),
        };
        Tell(new ExperimentEvent { Time = Now, Text = $"{state}: {reason}", Transition = transition });
    }

    /// <summary>Ends the experiment and frees its workers.</summary>
    public void End(ExperimentState state, string reason)
    {
        MoveTo(state, reason);
        if (Record.Epochs.Length > 0 && Record.Epochs[^1] is { EndedBecause: "" } open)
        {
            Record = Record with { Epochs = Ledger.EndAt(Record.Epochs, Math.Max(Known, open.FirstIteration), reason) };
        }

        Record = Record with { Ended = Now, Workers = [], Members = [], Phase = EpochPhase.None, EpochEnded = "", Uploader = "" };
    }

    /// <summary>Gives a worker up and says why.</summary>
    public void Release(string worker, string what, string reason)
    {
        Record = Record with { Workers = Record.Workers.RemoveAll(held => held.Worker == worker) };
        Tell(worker, what, reason);
    }

    /// <summary>Does not take a worker again before a time.</summary>
    public void Exclude(string worker, DateTimeOffset until, string reason)
    {
        var excluded = new ExcludedWorker { Worker = worker, Until = until, Reason = reason };
        Record = Record with { Excluded = [.. Record.Excluded.Where(other => other.Worker != worker && other.Until > Now).TakeLast(ExclusionsKept - 1), excluded] };
    }

    /// <summary>Sends a worker away for a while, each time for twice as long.</summary>
    public void CoolDown(string worker, string reason)
    {
        var before = Record.CoolDowns.GetValueOrDefault(worker);
        var pause = Options.CoolDown * Math.Pow(2, Math.Min(before, 5));
        Record = Record with { CoolDowns = Record.CoolDowns.SetItem(worker, before + 1) };
        var told = $"{reason} It is not invited for {pause.TotalSeconds:0} s.";
        Exclude(worker, Now + pause, told);
        Release(worker, "cooling", told);
    }
}

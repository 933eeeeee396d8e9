using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Evaluations;
using ProjectedGan.Coordinator.Membership;

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>
/// Tells others of an experiment's stored record: workers what to do, the scheduler what it needs, the evaluation queue what waits, the
/// journal what happened, the directory how it stands. It remembers what each was told last, so that a call costs nothing when nothing is
/// new, and what failed is told again with the next call.
/// </summary>
internal sealed partial class ExperimentAnnouncer(string id, IGrainFactory grains, IExperimentJournal journal, TimeProvider time, TimeSpan patience, ILogger logger)
{
    // Events that wait for a journal that is away; the oldest go first.
    private const int MostUnsaid = 10_000;

    private readonly Dictionary<string, (string Key, WorkerObservation Kept)> _assigned = new(StringComparer.Ordinal);

    // Calls of workers' grains that have not ended: one at a time each, for a second one might overtake it.
    private readonly Dictionary<string, Task> _calls = new(StringComparer.Ordinal);
    private readonly HashSet<long> _queued = [];
    private ImmutableArray<ExperimentEvent> _unsaid = [];
    private ExperimentSummary? _summary;
    private long _toldRevision = -1;
    private bool _dropped;

    /// <summary>Somebody has still to be told something.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Adds events for the journal.</summary>
    public void Say(ImmutableArray<ExperimentEvent> events)
    {
        _unsaid = _unsaid.AddRange(events);
        if (_unsaid.Length > MostUnsaid)
        {
            _unsaid = _unsaid.RemoveRange(0, _unsaid.Length - MostUnsaid);
        }
    }

    /// <summary>Tells everybody everything again, but for the workers, who forget nothing that they do not say.</summary>
    public void Forget()
    {
        _queued.Clear();
        _toldRevision = -1;
        _summary = null;
    }

    public async Task AnnounceAsync(ExperimentSubmission submission, ExperimentRecord record, IReadOnlyDictionary<string, WorkerObservation> seen)
    {
        IsBehind = false;
        await TryAsync(() => AssignAsync(submission, record, seen));
        await TryAsync(() => DemandAsync(submission, record));
        await TryAsync(() => EvaluateAsync(record));
        await TryAsync(AppendAsync);
        await TryAsync(() => SummarizeAsync(submission, record));
    }

    private async Task AssignAsync(ExperimentSubmission submission, ExperimentRecord record, IReadOnlyDictionary<string, WorkerObservation> seen)
    {
        foreach (var held in record.Workers)
        {
            var wanted = DesiredAssignment.For(id, submission, record, held.Worker);
            var key = DesiredAssignment.Key(wanted);
            var known = _assigned.TryGetValue(held.Worker, out var last) && last.Key == key && !HasForgotten(seen.GetValueOrDefault(held.Worker), last.Kept);
            if (!known)
            {
                Call(held.Worker, async worker => _assigned[held.Worker] = (key, await worker.AssignAsync(wanted)));
            }
        }

        foreach (var gone in _assigned.Keys.Where(worker => record.Workers.All(held => held.Worker != worker)).ToArray())
        {
            Call(gone, async worker =>
            {
                await worker.ReleaseAsync(id);
                _assigned.Remove(gone);
            });
        }

        await AnswersAsync();
    }

    // A worker's grain that was made anew, or whose lease ran out, has no assignment.
    private static bool HasForgotten(WorkerObservation? seen, WorkerObservation kept)
        => seen is { IsAssigned: false } && (seen.Activation != kept.Activation || seen.Version > kept.Version);

    private void Call(string worker, Func<IWorkerGrain, Task> call)
    {
        if (_calls.ContainsKey(worker))
        {
            IsBehind = true;
            return;
        }

        _calls[worker] = TryAsync(() => call(grains.GetGrain<IWorkerGrain>(worker)));
    }

    // One that does not answer holds up neither the other workers nor the experiment; it is looked after with the next announcement.
    private async Task AnswersAsync()
    {
        try
        {
            await Task.WhenAll(_calls.Values).WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            IsBehind = true;
        }

        foreach (var ended in _calls.Where(entry => entry.Value.IsCompleted).Select(entry => entry.Key).ToArray())
        {
            _calls.Remove(ended);
        }
    }

    private async Task DemandAsync(ExperimentSubmission submission, ExperimentRecord record)
    {
        if (_toldRevision != record.Revision)
        {
            await grains.GetGrain<ISchedulerGrain>(GrainNames.Single).NoteDemandAsync(ExperimentViews.Demand(id, submission, record));
            _toldRevision = record.Revision;
        }
    }

    private async Task EvaluateAsync(ExperimentRecord record)
    {
        var queue = grains.GetGrain<IEvaluationQueueGrain>(GrainNames.Single);
        foreach (var snapshot in record.Snapshots)
        {
            var open = SnapshotHistory.IsOpen(snapshot);
            if (open && !_queued.Contains(snapshot.Images))
            {
                await queue.EnqueueAsync(id, snapshot.Images);
                _queued.Add(snapshot.Images);
            }
            else if (!open && _queued.Contains(snapshot.Images))
            {
                await queue.WithdrawAsync(id, snapshot.Images);
                _queued.Remove(snapshot.Images);
            }
        }

        if (record.State == ExperimentState.Cancelled && !_dropped)
        {
            await queue.DropAsync(id);
            _dropped = true;
        }
    }

    private async Task AppendAsync()
    {
        if (!_unsaid.IsEmpty)
        {
            var events = _unsaid;
            _unsaid = [];
            try
            {
                await journal.AppendAsync(id, events, CancellationToken.None);
            }
            catch (Exception)
            {
                _unsaid = events.AddRange(_unsaid);
                throw;
            }
        }
    }

    private async Task SummarizeAsync(ExperimentSubmission submission, ExperimentRecord record)
    {
        var summary = ExperimentViews.Summarize(id, submission, record);
        if (summary != _summary)
        {
            await grains.GetGrain<IExperimentDirectoryGrain>(GrainNames.Single).NoteAsync(summary);
            _summary = summary;
        }
    }

    private async Task TryAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception exception)
        {
            IsBehind = true;
            LogNotTold(logger, id, exception);
        }
    }

    [LoggerMessage(40, LogLevel.Warning, "Experiment {Experiment} could not tell others of a change; it tells them again.")]
    private static partial void LogNotTold(ILogger logger, string experiment, Exception exception);
}

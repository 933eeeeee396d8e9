using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Evaluations;
using ProjectedGan.Coordinator.Membership;

namespace ProjectedGan.Coordinator.Experiments;

/// <inheritdoc cref="IExperimentGrain"/>
/// <remarks>
/// Every change goes one way: a pure function makes the next record, the record is stored, and only then do others hear of it
/// (<see cref="ExperimentAnnouncer"/>). A storage fault leaves the stored record as the truth: it is read again before the next change, and
/// what the grain does of itself backs off. Who hears is told again until it works. What is stored and cannot be read counts as failed, with
/// the reason, and stays as it is.
/// </remarks>
internal sealed partial class ExperimentGrain(
    [PersistentState("experiment", GrainNames.Storage)] IPersistentState<StoredExperiment> stored,
    [PersistentState("submission", GrainNames.Storage)] IPersistentState<StoredSubmission> submitted,
    CoordinationOptions options,
    IExperimentJournal journal,
    IHeldArtifacts artifacts,
    ICoordinationObserver observer,
    TimeProvider time,
    ILogger<ExperimentGrain> logger) : Grain, IExperimentGrain
{
    // Each round may enable the next one: lost, then held, then trained. More than a few mean a mistake in the rules.
    private const int MostRounds = 16;

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, WorkerObservation> _seen = new(StringComparer.Ordinal);
    private ExperimentAnnouncer _announcer = null!;
    private IGrainTimer? _timer;
    private TrainingProgress? _progress;
    private bool _ticks;
    private bool _stale;
    private bool _gaveUp;
    private bool _showsMeasured;
    private int _faults;
    private DateTimeOffset _retryAt;

    private string Id => this.GetPrimaryKeyString();

    private string Unreadable => stored.State.Unreadable.Length > 0 ? stored.State.Unreadable : submitted.State.Unreadable;

    private ExperimentRecord Record => Unreadable.Length == 0 ? stored.State.Record
        : new ExperimentRecord { State = ExperimentState.Failed, Reason = $"What is stored of it cannot be read. {Unreadable}" };

    private ExperimentSubmission Submission => submitted.State.Submission
        ?? (Unreadable.Length > 0 ? ExperimentViews.UnknownSubmission(Id) : throw new NotFoundException($"There is no experiment {Id}."));

    private WorkerSight Sight => new(Id, _seen);

    // Iterations that are known to be committed.
    private long Known => Math.Max(Math.Max(_progress?.Iteration ?? 0, Record.Progress?.Iteration ?? 0), Record.Members.Select(member => Sight.Iteration(member.Worker)).DefaultIfEmpty(0).Max());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _announcer = new ExperimentAnnouncer(Id, GrainFactory, journal, time, options.BrokenStreamLease, logger);
        if (options.TickInterval > TimeSpan.Zero)
        {
            _timer = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        }

        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Where it is activated next they are shown anew, and would stand here for ever beside those. What remains of an ended one expires by itself.
        if (!Record.HasEnded)
        {
            observer.ExperimentLeft(Id);
        }

        return Task.CompletedTask;
    }

    public async Task SubmitAsync(ExperimentSubmission submission)
    {
        await RecoverAsync();
        if (Record.State != ExperimentState.None)
        {
            // The answer to the first call may have been lost before anybody heard.
            await AnnounceAsync();
            return;
        }

        // The submission first: a record without one would be an experiment that nobody can run.
        await KeepAsync(submission);
        await ChangeAsync(ExperimentChanges.Submit);
    }

    public async Task<ExperimentView> GetAsync()
    {
        await RecoverAsync();
        var submission = Record.State == ExperimentState.None ? throw new NotFoundException($"There is no experiment {Id}.") : Submission;
        var view = ExperimentViews.View(Id, submission, Record, Known) with { Progress = _progress ?? Record.Progress, LastEvent = await journal.LastAsync(Id, CancellationToken.None) };
        if (Record.State is not (ExperimentState.Queued or ExperimentState.Waiting))
        {
            return view;
        }

        var reasons = await GrainFactory.GetGrain<ISchedulerGrain>(GrainNames.Single).ExplainAsync([Id]);
        return reasons.TryGetValue(Id, out var reason) ? view with { Reason = reason } : view;
    }

    public async Task<ExperimentView> CancelAsync(string reason)
    {
        await ChangeAsync(change => ExperimentChanges.Cancel(change, reason));
        return await GetAsync();
    }

    public async Task<ExperimentView> PauseAsync()
    {
        await ChangeAsync(change => ExperimentChanges.Pause(change, "A pause was asked for."));
        return await GetAsync();
    }

    public async Task<ExperimentView> ResumeAsync()
    {
        await ChangeAsync(change => ExperimentChanges.Resume(change, Sight));
        return await GetAsync();
    }

    public async Task<ExperimentView> ProlongAsync(ExperimentSubmission longer)
    {
        await RecoverAsync();
        var submission = Submission;
        if (longer.LastIteration > submission.LastIteration && Unreadable.Length == 0)
        {
            ExperimentChanges.RequireProlongable(Id, Record);
            // The end first. Where only this is stored, the experiment stands as it did, and the call is repeated; a record that was queued before
            // its end is later would be completed at the old one, and nobody would know that more was asked for.
            await KeepAsync(submission.Until(longer));
        }

        await ChangeAsync(change => ExperimentChanges.Prolong(change, Sight));
        return await GetAsync();
    }

    public async Task ReportProgressAsync(string worker, long epoch, TrainingProgress progress)
    {
        // The next report comes soon; while the record is not known no report is worth a worker's stream.
        if (_stale || epoch != Record.Epoch || Record.Phase != EpochPhase.Training || !Record.IsMember(worker))
        {
            return;
        }

        _progress = progress;
        _announcer.Say([new ExperimentEvent { Time = time.GetUtcNow(), Text = $"Iteration {progress.Iteration}, {progress.Images} images.", Progress = progress }]);
        await AnnounceAsync();
    }

    public Task RecordCheckpointAsync(string worker, CheckpointRecord checkpoint) => ChangeAsync(change => ExperimentChanges.Checkpoint(change, worker, checkpoint));

    public Task RecordSnapshotAsync(string worker, SnapshotRecord snapshot) => ChangeAsync(change => ExperimentChanges.Snapshot(change, snapshot));

    public async Task LogAsync(string worker, string level, string text)
    {
        _ = Submission;
        _announcer.Say([new ExperimentEvent { Time = time.GetUtcNow(), Text = $"{worker}: {text}", Log = new LogLine { Worker = worker, Level = level, Text = text } }]);
        await AnnounceAsync();
    }

    public async Task<ExperimentResult> GetLatestAsync()
    {
        await RecoverAsync();
        return Record.Checkpoint is { } checkpoint
            ? new ExperimentResult { Iteration = checkpoint.Iteration, Images = checkpoint.Images, Files = checkpoint.Files }
            : throw new NotFoundException($"Experiment {Id} has no checkpoint yet.");
    }

    public async Task<ExperimentResult> GetBestAsync()
    {
        await RecoverAsync();
        return Record.Snapshots.FirstOrDefault(entry => entry.Images == Record.BestSnapshotImages) is { Weights: { } weights } best
            ? new ExperimentResult { Iteration = best.Iteration, Images = best.Images, Files = [weights] }
            : throw new NotFoundException($"Experiment {Id} has no evaluated snapshot yet.");
    }

    public async Task ObserveAsync(WorkerObservation observation)
    {
        if (_stale)
        {
            // By a record of before, one that was granted since would be released with its run.
            See(observation);
            await AdvanceAsync();
            if (_stale)
            {
                return;
            }
        }

        if (Record.Workers.All(held => held.Worker != observation.Worker))
        {
            _seen.Remove(observation.Worker);
            if (!observation.Lost && observation.Status?.Run == Id)
            {
                await GrainFactory.GetGrain<IWorkerGrain>(observation.Worker).ReleaseAsync(Id);
            }

            return;
        }

        if (See(observation))
        {
            await AdvanceAsync();
        }
    }

    public async Task<ExperimentDemand?> WakeAsync()
    {
        await RecoverAsync();
        if (Record.State == ExperimentState.None)
        {
            return null;
        }

        // Who asks may have forgotten what it was told.
        _announcer.Forget();
        await LookAsync();
        await AnnounceAsync();
        return ExperimentViews.Demand(Id, Submission, Record);
    }

    public async Task GrantAsync(ImmutableArray<WorkerOffer> workers)
    {
        await RecoverAsync();
        var waited = Record.State == ExperimentState.Queued;
        await ChangeAsync(change => ExperimentChanges.Grant(change, workers), grants: true);
        if (waited && Record.State == ExperimentState.Starting)
        {
            observer.Scheduled(Id, Submission.TraceParent, Record.QueuedSince);
        }
    }

    public Task ShrinkAsync(ImmutableArray<string> workers) => ChangeAsync(change => ExperimentChanges.Shrink(change, workers));

    public async Task<EvaluationTask?> BeginEvaluationAsync(long images)
    {
        await RecoverAsync();
        if (Record.Snapshots.FirstOrDefault(entry => entry.Images == images) is not { Weights: { } weights } snapshot || !SnapshotHistory.IsOpen(snapshot))
        {
            return null;
        }

        await ChangeAsync(change => change.Record = SnapshotHistory.Replace(change.Record, snapshot with { Evaluation = EvaluationState.Running }));
        return new EvaluationTask
        {
            Id = $"{Id}/{images}/{snapshot.FailedAttempts + 1}",
            Run = DesiredAssignment.Describe(Id, Submission, Record.Checkpoint),
            Images = images,
            Snapshot = weights,
            TraceParent = Submission.TraceParent,
            Measure = snapshot.Measure,
        };
    }

    public async Task<bool> RecordEvaluationAsync(long images, EvaluationOutcome outcome)
    {
        await RecoverAsync();
        if (Record.Snapshots.FirstOrDefault(entry => entry.Images == images) is not { } snapshot || !SnapshotHistory.IsOpen(snapshot))
        {
            return false;
        }

        await ChangeAsync(change => ExperimentChanges.Evaluated(change, snapshot, outcome));
        var concluded = Record.Snapshots.First(entry => entry.Images == images);
        if (concluded.Evaluation == EvaluationState.Done)
        {
            observer.Evaluated(Id, concluded, Record.Snapshots);
        }

        return concluded.Evaluation == EvaluationState.Queued;
    }

    public async Task TickAsync()
    {
        if (Record.State == ExperimentState.None && !_stale)
        {
            return;
        }

        if (!Record.Workers.IsEmpty || _stale)
        {
            await LookAsync();
            await AdvanceAsync();
        }

        await AnnounceAsync();
    }

    // What the grain does of itself: it backs off while the storage is away, and the log says so, since nobody waits for an answer.
    private async Task AdvanceAsync()
    {
        if (time.GetUtcNow() < _retryAt)
        {
            return;
        }

        try
        {
            await ChangeAsync(static _ => { });
        }
        catch (Exception exception)
        {
            LogNotAdvanced(logger, Id, exception);
        }
    }

    private async Task ChangeAsync(Action<MembershipChange> command, bool grants = false)
    {
        await RecoverAsync();
        if (Unreadable.Length > 0)
        {
            throw new WrongStateException($"Experiment {Id}: {Record.Reason}");
        }

        var change = new MembershipChange(Id, Submission, Record, time.GetUtcNow(), options) { Known = Known, Missing = grants || FetchesFiles() ? Missing() : ImmutableHashSet<string>.Empty };
        command(change);
        for (var round = 0; round < MostRounds; round++)
        {
            var before = change.Record;
            Reconciliation.Apply(change, Sight);
            if (change.Record == before)
            {
                break;
            }
        }

        if (change.Record != Record)
        {
            await StoreAsync(change);
        }

        await AnnounceAsync();
    }

    private HashSet<string> Missing() => MissingFiles.Needed(Submission, Record).Where(file => !artifacts.Has(file)).Select(file => file.Digest).ToHashSet(StringComparer.Ordinal);

    // Somebody is about to fetch them, or could not. While all members train nobody has to.
    private bool FetchesFiles() => Record.TakesWorkers && Record.Workers.Any(held => Sight.Status(held.Worker) is { } status
        && (Record.Phase != EpochPhase.Training || status.Phase == WorkerPhase.Failed || !Record.IsMember(held.Worker)));

    private async Task StoreAsync(MembershipChange change)
    {
        var before = Record;
        var begins = change.Record.Phase == EpochPhase.Training && change.Record.Epoch != before.Epochs.LastOrDefault()?.Epoch;
        if (begins && _progress?.Iteration > change.Record.StartIteration)
        {
            // What was reported beyond the state that goes on is trained again.
            _progress = null;
            change.Record = change.Record with { Progress = null };
        }

        stored.State = new StoredExperiment { Record = change.Record with { Revision = before.Revision + 1, Progress = _progress ?? change.Record.Progress } };
        try
        {
            await stored.WriteStateAsync();
            _faults = 0;
        }
        catch (Exception)
        {
            // Whether it was written is not known; nothing was told, and what is stored decides.
            stored.State = new StoredExperiment { Record = before };
            _stale = true;
            _retryAt = time.GetUtcNow() + (ShortestRetry * Math.Pow(2, Math.Min(_faults++, 5)));
            throw;
        }

        _announcer.Say(change.Events);
        foreach (var end in change.EpochEnds)
        {
            observer.EpochEnded(end.ToString().ToLowerInvariant());
        }

        foreach (var gone in _seen.Keys.Where(worker => Record.Workers.All(held => held.Worker != worker)).ToArray())
        {
            _seen.Remove(gone);
        }
    }

    private async Task KeepAsync(ExperimentSubmission submission)
    {
        submitted.State = new StoredSubmission { Submission = submission };
        try
        {
            await submitted.WriteStateAsync();
        }
        catch (Exception)
        {
            // Whether it was written is not known: the next activation reads it.
            this.DeactivateOnIdle();
            throw;
        }
    }

    private async Task RecoverAsync()
    {
        if (_stale)
        {
            await stored.ReadStateAsync();
            _stale = false;
        }
    }

    private async Task LookAsync()
    {
        foreach (var observation in await Task.WhenAll(Record.Workers.Select(held => AskAsync(held.Worker))))
        {
            if (observation is not null)
            {
                See(observation);
            }
        }
    }

    // One that cannot be asked counts as last seen, and keeps nobody from hearing of the others.
    private async Task<WorkerObservation?> AskAsync(string worker)
    {
        try
        {
            return await GrainFactory.GetGrain<IWorkerGrain>(worker).ObserveAsync().WaitAsync(options.BrokenStreamLease, time);
        }
        catch (Exception exception)
        {
            LogNotSeen(logger, Id, worker, exception);
            return null;
        }
    }

    // What a worker's grain told and what it answered may overtake each other.
    private bool See(WorkerObservation observation)
    {
        var newer = observation.IsNewerThan(_seen.GetValueOrDefault(observation.Worker));
        if (newer)
        {
            _seen[observation.Worker] = observation;
        }

        return newer;
    }

    private async Task AnnounceAsync()
    {
        if (Record.State == ExperimentState.None || _stale)
        {
            return;
        }

        if (Unreadable.Length > 0)
        {
            await GiveUpAsync();
            return;
        }

        ExperimentViews.Show(Id, Submission, Record, Known, observer);
        ShowMeasured();
        await _announcer.AnnounceAsync(Submission, Record, _seen);
        // Experiments that merely wait cost nothing.
        var ticks = !Record.Workers.IsEmpty || _announcer.IsBehind;
        if (ticks != _ticks && _timer is not null)
        {
            _ticks = ticks;
            var period = ticks ? options.TickInterval : Timeout.InfiniteTimeSpan;
            _timer.Change(period, period);
        }
    }

    // What was measured before this activation; the next result may be hours away.
    private void ShowMeasured()
    {
        if (!_showsMeasured && !Record.HasEnded && Record.Snapshots.LastOrDefault(snapshot => snapshot.Metrics.Length > 0) is { } last)
        {
            observer.Evaluated(Id, last, Record.Snapshots);
        }

        _showsMeasured = true;
    }

    // Its row in the list is all that may be changed: the stored state stays for whoever can mend it.
    private async Task GiveUpAsync()
    {
        if (_gaveUp)
        {
            return;
        }

        LogUnreadable(logger, Id, Record.Reason);
        observer.ExperimentEnded(Id);
        await GrainFactory.GetGrain<IExperimentDirectoryGrain>(GrainNames.Single).FailAsync(Id, Record.Reason);
        _gaveUp = true;
    }

    [LoggerMessage(30, LogLevel.Error, "Experiment {Experiment} could not go on; it is tried again.")]
    private static partial void LogNotAdvanced(ILogger logger, string experiment, Exception exception);

    [LoggerMessage(32, LogLevel.Warning, "Experiment {Experiment} cannot find out what its worker {Worker} does; it asks again.")]
    private static partial void LogNotSeen(ILogger logger, string experiment, string worker, Exception exception);

    [LoggerMessage(31, LogLevel.Error, "Experiment {Experiment} counts as failed. {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string experiment, string reason);
}

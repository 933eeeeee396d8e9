using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordination.Evaluation;
using ProjectedGan.Coordination.Journal;
using ProjectedGan.Coordination.Membership;
using ProjectedGan.Coordination.Scheduling;
using ProjectedGan.Coordination.Workers;

namespace ProjectedGan.Coordination.Experiments;

/// <inheritdoc cref="IExperimentGrain"/>
/// <remarks>
/// Every change goes one way: a pure function makes the next record, the record is stored, and only then do others hear of it
/// (<see cref="ExperimentAnnouncer"/>). A storage fault leaves the stored record as the truth: it is read again before the next change, and
/// what the grain does of itself backs off. Who hears is told again until it works.
/// </remarks>
internal sealed class ExperimentGrain(
    [PersistentState("experiment", GrainNames.Storage)] IPersistentState<StoredExperiment> stored,
    [PersistentState("submission", GrainNames.Storage)] IPersistentState<StoredSubmission> submitted,
    CoordinationOptions options,
    IExperimentJournal journal,
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
    private int _faults;
    private DateTimeOffset _retryAt;

    private string Id => this.GetPrimaryKeyString();

    private ExperimentRecord Record => stored.State.Record;

    private ExperimentSubmission Submission => submitted.State.Submission ?? throw new NotFoundException($"There is no experiment {Id}.");

    private WorkerSight Sight => new(Id, _seen);

    // Iterations that are known to be committed.
    private long Known => Math.Max(Math.Max(_progress?.Iteration ?? 0, Record.Progress?.Iteration ?? 0), Record.Members.Select(member => Sight.Iteration(member.Worker)).DefaultIfEmpty(0).Max());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _announcer = new ExperimentAnnouncer(Id, GrainFactory, journal, logger);
        if (options.TickInterval > TimeSpan.Zero)
        {
            _timer = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        }

        return Task.CompletedTask;
    }

    public async Task SubmitAsync(ExperimentSubmission submission)
    {
        await RecoverAsync();
        if (Record.State != ExperimentState.None)
        {
            return;
        }

        // The submission first: a record without one would be an experiment that nobody can run.
        submitted.State = new StoredSubmission { Submission = submission };
        try
        {
            await submitted.WriteStateAsync();
        }
        catch (Exception)
        {
            this.DeactivateOnIdle();
            throw;
        }

        await ChangeAsync(ExperimentCommands.Submit);
    }

    public async Task<ExperimentView> GetAsync()
    {
        await RecoverAsync();
        ExperimentSubmission submission = Record.State == ExperimentState.None ? throw new NotFoundException($"There is no experiment {Id}.") : Submission;
        ExperimentView view = ExperimentViews.View(Id, submission, Record, Known) with { Progress = _progress ?? Record.Progress, LastEvent = await journal.LastAsync(Id, CancellationToken.None) };
        if (Record.State is not (ExperimentState.Queued or ExperimentState.Waiting))
        {
            return view;
        }

        ImmutableDictionary<string, string> reasons = await GrainFactory.GetGrain<ISchedulerGrain>(GrainNames.Single).ExplainAsync([Id]);
        return reasons.TryGetValue(Id, out string? reason) ? view with { Reason = reason } : view;
    }

    public async Task<ExperimentView> CancelAsync(string reason)
    {
        await ChangeAsync(change => ExperimentCommands.Cancel(change, reason));
        return await GetAsync();
    }

    public async Task<ExperimentView> PauseAsync()
    {
        await ChangeAsync(change => ExperimentCommands.Pause(change, "A pause was asked for."));
        return await GetAsync();
    }

    public async Task<ExperimentView> ResumeAsync()
    {
        await ChangeAsync(change => ExperimentCommands.Resume(change, Sight));
        return await GetAsync();
    }

    public async Task ReportProgressAsync(string worker, long epoch, TrainingProgress progress)
    {
        if (epoch != Record.Epoch || Record.Phase != EpochPhase.Training || !Record.IsMember(worker))
        {
            return;
        }

        _progress = progress;
        _announcer.Say([new ExperimentEvent { Time = time.GetUtcNow(), Text = $"Iteration {progress.Iteration}, {progress.Images} images.", Progress = progress }]);
        await AnnounceAsync();
    }

    public Task RecordCheckpointAsync(string worker, CheckpointRecord checkpoint) => ChangeAsync(change => ExperimentCommands.Checkpoint(change, worker, checkpoint));

    public Task RecordSnapshotAsync(string worker, SnapshotRecord snapshot) => ChangeAsync(change => ExperimentCommands.Snapshot(change, snapshot));

    public async Task LogAsync(string worker, string level, string text)
    {
        _ = Submission;
        _announcer.Say([new ExperimentEvent { Time = time.GetUtcNow(), Text = $"{worker}: {text}", Log = new LogLine { Worker = worker, Level = level, Text = text } }]);
        await AnnounceAsync();
    }

    public Task<ExperimentResult> GetLatestAsync() => Record.Checkpoint is { } checkpoint
        ? Task.FromResult(new ExperimentResult { Iteration = checkpoint.Iteration, Images = checkpoint.Images, Files = checkpoint.Files })
        : throw new NotFoundException($"Experiment {Id} has no checkpoint yet.");

    public Task<ExperimentResult> GetBestAsync() => Record.Snapshots.FirstOrDefault(entry => entry.Images == Record.BestSnapshotImages) is { Weights: { } weights } best
        ? Task.FromResult(new ExperimentResult { Iteration = best.Iteration, Images = best.Images, Files = [weights] })
        : throw new NotFoundException($"Experiment {Id} has no evaluated snapshot yet.");

    public Task<ImmutableArray<string>> GetArtifactsAsync() => Task.FromResult(ExperimentViews.Artifacts(Submission, Record));

    public async Task ObserveAsync(WorkerObservation observation)
    {
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
        bool waited = Record.State == ExperimentState.Queued;
        await ChangeAsync(change => ExperimentCommands.Grant(change, workers));
        if (waited && Record.State == ExperimentState.Starting)
        {
            observer.Scheduled(Id, Submission.TraceParent, Record.QueuedSince);
        }
    }

    public Task ShrinkAsync(ImmutableArray<string> workers) => ChangeAsync(change => ExperimentCommands.Shrink(change, workers));

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

        await ChangeAsync(change => ExperimentCommands.Evaluated(change, snapshot, outcome));
        SnapshotRecord concluded = Record.Snapshots.First(entry => entry.Images == images);
        if (concluded.Evaluation == EvaluationState.Done && !Record.HasEnded)
        {
            observer.Evaluated(Id, concluded, Record.Snapshots);
        }

        return concluded.Evaluation == EvaluationState.Queued;
    }

    public async Task TickAsync()
    {
        if (Record.State == ExperimentState.None)
        {
            return;
        }

        if (!Record.Workers.IsEmpty || _stale)
        {
            try
            {
                await LookAsync();
                await AdvanceAsync();
            }
            catch (Exception exception)
            {
                ExperimentGrainLog.NotAdvanced(logger, Id, exception);
            }
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
            ExperimentGrainLog.NotAdvanced(logger, Id, exception);
        }
    }

    private async Task ChangeAsync(Action<MembershipChange> command)
    {
        await RecoverAsync();
        var change = new MembershipChange(Id, Submission, Record, time.GetUtcNow(), options) { Known = Known };
        command(change);
        for (int round = 0; round < MostRounds; round++)
        {
            ExperimentRecord before = change.Record;
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

    private async Task StoreAsync(MembershipChange change)
    {
        ExperimentRecord before = Record;
        bool begins = change.Record.Phase == EpochPhase.Training && change.Record.Epoch != before.Epochs.LastOrDefault()?.Epoch;
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
        foreach (EpochEnd end in change.EpochEnds)
        {
            observer.EpochEnded(end.ToString().ToLowerInvariant());
        }

        foreach (string gone in _seen.Keys.Where(worker => Record.Workers.All(held => held.Worker != worker)).ToArray())
        {
            _seen.Remove(gone);
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
        foreach (HeldWorker held in Record.Workers)
        {
            See(await GrainFactory.GetGrain<IWorkerGrain>(held.Worker).ObserveAsync());
        }
    }

    // What a worker's grain told and what it answered may overtake each other.
    private bool See(WorkerObservation observation)
    {
        bool newer = !_seen.TryGetValue(observation.Worker, out WorkerObservation? last) || observation.Sequence > last.Sequence;
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

        ExperimentViews.Show(Id, Submission, Record, Known, observer);
        await _announcer.AnnounceAsync(Submission, Record, _seen);
        // Experiments that merely wait cost nothing.
        bool ticks = !Record.Workers.IsEmpty || _announcer.IsBehind;
        if (ticks != _ticks && _timer is not null)
        {
            _ticks = ticks;
            TimeSpan period = ticks ? options.TickInterval : Timeout.InfiniteTimeSpan;
            _timer.Change(period, period);
        }
    }
}

internal static partial class ExperimentGrainLog
{
    [LoggerMessage(30, LogLevel.Error, "Experiment {Experiment} could not go on; it is tried again.")]
    public static partial void NotAdvanced(ILogger logger, string experiment, Exception exception);
}

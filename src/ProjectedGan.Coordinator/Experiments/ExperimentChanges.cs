using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Evaluations;
using ProjectedGan.Coordinator.Membership;

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>What users, the scheduler and workers ask of an experiment, as changes of its record.</summary>
internal static class ExperimentChanges
{
    public static void Submit(MembershipChange change)
    {
        change.Record = change.Record with { Submitted = change.Now, QueuedSince = change.Now };
        change.MoveTo(ExperimentState.Queued, "Submitted.");
    }

    public static void Cancel(MembershipChange change, string reason)
    {
        if (!change.Record.HasEnded)
        {
            change.End(ExperimentState.Cancelled, reason.Length == 0 ? "Cancelled." : reason);
            change.Record = SnapshotHistory.Drop(change.Record, "The experiment was cancelled.");
        }
    }

    public static void Pause(MembershipChange change, string reason)
    {
        if (change.Record.HasEnded)
        {
            throw new WrongStateException($"Experiment {change.Id} has ended ({change.Record.State}); it cannot be paused.");
        }

        if (change.Record.State is not (ExperimentState.Pausing or ExperimentState.Paused))
        {
            change.MoveTo(ExperimentState.Pausing, reason);
        }
    }

    public static void Resume(MembershipChange change, WorkerSight sight)
    {
        var record = change.Record;
        if (record.State == ExperimentState.Completed)
        {
            throw new WrongStateException(
                $"Experiment {change.Id} is complete; there is nothing to resume. To train it longer, give it a later end: 'pgan resume {change.Id} --total-images N', "
                + $"with more than its {change.Submission.TotalImages}.");
        }

        if (record.State == ExperimentState.Cancelled)
        {
            throw new WrongStateException($"Experiment {change.Id} has ended ({record.State}); it cannot be resumed. Submit it again.");
        }

        if (record.State == ExperimentState.Failed)
        {
            // Of a last state nobody knows whether it was right: that stretch is trained again.
            var wasAtItsEnd = record.Checkpoint?.Iteration >= change.Submission.LastIteration;
            change.Record = wasAtItsEnd ? record with { Checkpoint = record.EarlierCheckpoint, EarlierCheckpoint = null } : record;
            Reopen(change, "Resumed.");
        }
        else if (record.State == ExperimentState.Paused)
        {
            change.Record = record with { QueuedSince = change.Now };
            change.MoveTo(ExperimentState.Queued, "Resumed.");
        }
        else if (record.State == ExperimentState.Pausing && record.EarlyStop.Length == 0)
        {
            var began = record.Phase != EpochPhase.None;
            change.MoveTo(began ? ExperimentState.Running : record.Workers.IsEmpty ? ExperimentState.Queued : ExperimentState.Starting, "Resumed.");
            if (record.Phase == EpochPhase.Stopping)
            {
                Epochs.Hold(change, sight, [.. record.Workers.Where(held => record.IsMember(held.Worker))], EpochEnd.Stopped, "The pause was taken back.");
            }
        }
    }

    /// <summary>Nobody may hold a run with an end while its experiment gets another one; and what failed is resumed as what it was.</summary>
    /// <exception cref="WrongStateException">It cannot get a later end now; the message says what to do.</exception>
    public static void RequireProlongable(string id, ExperimentRecord record)
    {
        var why = record.State switch
        {
            ExperimentState.Completed or ExperimentState.Paused or ExperimentState.Queued => null,
            ExperimentState.Cancelled => "has ended (Cancelled); it cannot be trained longer. Submit it again.",
            ExperimentState.Failed => $"has failed. Resume it without total images first ('pgan resume {id}'), and give it more when it is queued, paused or completed.",
            _ => $"has workers, which train to its present end. Pause it ('pgan pause {id}'), and resume it with more total images when it is paused.",
        };
        if (why is not null)
        {
            throw new WrongStateException($"Experiment {id} {why}");
        }
    }

    /// <summary>Goes on to the submission's end, which is later now.</summary>
    public static void Prolong(MembershipChange change, WorkerSight sight)
    {
        var reason = $"Resumed, to train {change.Submission.TotalImages} images.";
        if (change.Record.State == ExperimentState.Completed)
        {
            change.Record = change.Record with { ProlongedAtImages = change.Record.Checkpoint?.Images ?? 0 };
            Reopen(change, reason);
        }
        else
        {
            Resume(change, sight);
            if (change.Record.State == ExperimentState.Queued)
            {
                change.MoveTo(ExperimentState.Queued, reason);
            }
        }
    }

    // What was held against workers was mended, or else it comes back.
    private static void Reopen(MembershipChange change, string reason)
    {
        change.Record = change.Record with
        {
            QueuedSince = change.Now,
            Ended = null,
            FailedMachines = [],
            Excluded = [],
            Damage = [],
            Strikes = ImmutableDictionary<string, int>.Empty,
            CoolDowns = ImmutableDictionary<string, int>.Empty,
            BrokenEpochs = 0,
            EarlyStop = "",
            WeightsHash = "",
        };
        change.MoveTo(ExperimentState.Queued, reason);
    }

    public static void Grant(MembershipChange change, ImmutableArray<WorkerOffer> offers)
    {
        var record = change.Record;
        WorkerOffer[] taken = [.. offers.Where(offer => record.Workers.All(held => held.Worker != offer.Worker))];
        if (!record.TakesWorkers || taken.Length == 0)
        {
            return;
        }

        (var kind, var arithmetic) = record.Arithmetic.Length > 0 ? (record.DeviceKind, record.Arithmetic) : (taken[0].DeviceKind, taken[0].Arithmetic);
        taken = [.. taken.Where(offer => offer.DeviceKind == kind && offer.Arithmetic == arithmetic).Take(Math.Max(0, change.Submission.Ceiling - record.Workers.Count(held => held.Stays)))];
        if (taken.Length == 0)
        {
            return;
        }

        change.Record = record with
        {
            DeviceKind = kind,
            Arithmetic = arithmetic,
            Workers = [.. record.Workers, .. taken.Select(offer => new HeldWorker { Worker = offer.Worker, Address = offer.Address, Granted = change.Now })],
        };
        foreach (var offer in taken)
        {
            change.Tell(offer.Worker, "granted", "");
        }

        if (record.State == ExperimentState.Queued)
        {
            change.MoveTo(ExperimentState.Starting, $"{taken.Length} worker{(taken.Length == 1 ? " prepares" : "s prepare")}.");
        }
    }

    public static void Shrink(MembershipChange change, ImmutableArray<string> workers)
    {
        foreach (var worker in workers)
        {
            change.Record = Leavers.Ask(change.Record, worker, "Another experiment needs it.", change.Now);
        }
    }

    public static void Checkpoint(MembershipChange change, string worker, CheckpointRecord checkpoint)
    {
        // What comes late belongs to iterations that are trained again: a worker was left behind, or the run paused without it.
        var record = change.Record;
        if (!Ledger.Covers(record.Epochs, worker, checkpoint.Iteration) || checkpoint.Iteration <= (record.Checkpoint?.Iteration ?? -1))
        {
            return;
        }

        change.Record = record with { Checkpoint = checkpoint, EarlierCheckpoint = record.Checkpoint };
        change.Tell(new ExperimentEvent { Time = change.Now, Text = $"Checkpoint at iteration {checkpoint.Iteration}.", Checkpoint = checkpoint });
    }

    public static void Snapshot(MembershipChange change, SnapshotRecord snapshot)
    {
        var record = change.Record;
        if (record.State is ExperimentState.None or ExperimentState.Cancelled or ExperimentState.Failed || record.Snapshots.Any(entry => entry.Images == snapshot.Images))
        {
            return;
        }

        change.Record = SnapshotHistory.Add(record, snapshot with { Time = change.Now }, change.Submission.Evaluation);
        change.Tell(new ExperimentEvent { Time = change.Now, Text = $"Snapshot at {snapshot.Images} images.", Snapshot = change.Record.Snapshots.First(entry => entry.Images == snapshot.Images) });
    }

    public static void Evaluated(MembershipChange change, SnapshotRecord snapshot, EvaluationOutcome outcome)
    {
        var policy = change.Submission.Evaluation;
        var wasCollapsing = Loss(change.Record) is { IsCollapse: true };
        change.Record = SnapshotHistory.Conclude(change.Record, snapshot, outcome, policy, change.Options.EvaluationAttempts);
        var now = change.Record.Snapshots.First(entry => entry.Images == snapshot.Images);
        var text = outcome.Error.Length > 0
            ? $"Evaluation at {snapshot.Images} images failed ({now.FailedAttempts} of {change.Options.EvaluationAttempts} attempts): {outcome.Error}"
            : $"Evaluated at {snapshot.Images} images: {(now.Metrics.IsEmpty ? "samples drawn" : string.Join(", ", now.Metrics.Select(metric => $"{metric.Metric} {metric.Value:G5}{(metric.StandardDeviation is { } spread ? $" ± {spread:G2}" : "")}")))}.";
        change.Tell(new ExperimentEvent { Time = change.Now, Text = text, Snapshot = now });
        // Said once: until it is over, the next measurements would only repeat it.
        if (!wasCollapsing && Loss(change.Record) is { IsCollapse: true } loss)
        {
            change.Tell(new ExperimentEvent { Time = change.Now, Text = loss.ToString(), Log = new LogLine { Worker = "", Level = "warning", Text = loss.ToString() } });
        }

        var stop = SnapshotHistory.StopReason(change.Record, policy);
        if (stop.Length > 0 && change.Record.State is ExperimentState.Starting or ExperimentState.Running or ExperimentState.Waiting)
        {
            change.Record = change.Record with { EarlyStop = stop };
            Pause(change, stop);
        }
    }

    private static RecallLoss? Loss(ExperimentRecord record) => RecallLoss.Of(record.Snapshots.Select(snapshot => (IReadOnlyList<MetricRecord>)snapshot.Metrics));
}

using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Sharding;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>Begins membership epochs: first the members stand at a boundary, then they train from the newest state among them.</summary>
internal static class Epochs
{
    /// <summary>Begins an epoch with members that hold. Training that was under way ends.</summary>
    public static void Hold(MembershipChange change, WorkerSight sight, IReadOnlyCollection<HeldWorker> members, EpochEnd end, string reason)
    {
        EndTraining(change, sight, end, reason);
        var record = change.Record;
        var ranges = Ranges(change, members);
        HashSet<string> chosen = [.. ranges.Select(member => member.Worker)];
        change.Record = record with
        {
            Epoch = record.Epoch + 1,
            Phase = ranges.IsEmpty ? EpochPhase.None : EpochPhase.Holding,
            PhaseSince = change.Now,
            Members = ranges,
            Workers = [.. members.Where(held => chosen.Contains(held.Worker)), .. record.Workers.Where(held => !chosen.Contains(held.Worker))],
            Uploader = "",
        };
        if (ranges.Length < change.Submission.MinWorkers && record.State != ExperimentState.Pausing)
        {
            change.MoveTo(ExperimentState.Waiting, reason);
        }
    }

    /// <summary>All members stand: training goes on from the newest iteration that a member or the checkpoint has.</summary>
    public static void Train(MembershipChange change, WorkerSight sight)
    {
        var record = change.Record;
        var held = record.Members.Max(member => sight.Held(record, member.Worker));
        var saved = Math.Max(record.Checkpoint?.Iteration ?? 0, 0);
        // Not before the checkpoint, though an iteration is trained again sooner than all have fetched it: where nobody trains it in this epoch, the
        // next one begins with the checkpoint, and the record would claim it all the same.
        var fromMember = held > 0 && held >= saved;
        var start = fromMember ? held : saved;
        var source = fromMember ? record.Members.First(member => sight.Held(record, member.Worker) == start).Worker : "";
        var ended = Ledger.EndAt(record.Epochs, start, record.EpochEnded);
        var goesBack = ended.Length > 0 && record.Progress?.Iteration > start;
        change.Record = record with
        {
            Phase = EpochPhase.Training,
            PhaseSince = change.Now,
            StartIteration = start,
            StateSource = source,
            StartCheckpoint = start > 0 && !fromMember ? record.Checkpoint : null,
            EpochEnded = "",
            BrokenEpochs = start > record.StartIteration ? 0 : record.BrokenEpochs,
            Epochs = Ledger.Begin(ended, record, start, change.Now),
        };
        change.Tell(new ExperimentEvent
        {
            Time = change.Now,
            Text = $"Epoch {record.Epoch} with {record.Members.Length} worker{(record.Members.Length == 1 ? "" : "s")} from iteration {start}{(goesBack && !fromMember ? ", the newest checkpoint's" : "")}.",
            Epoch = change.Record.Epochs[^1],
        });
        change.MoveTo(ExperimentState.Running, $"Trains with {record.Members.Length} worker{(record.Members.Length == 1 ? "" : "s")}.");
    }

    /// <summary>Begins an epoch whose members stop for good and save their state.</summary>
    public static void Stop(MembershipChange change, WorkerSight sight, IReadOnlyCollection<HeldWorker> members, string reason)
    {
        Hold(change, sight, members, EpochEnd.Stopped, reason);
        if (change.Record.Phase == EpochPhase.Holding)
        {
            change.Record = change.Record with { Phase = EpochPhase.Stopping };
        }
    }

    private static void EndTraining(MembershipChange change, WorkerSight sight, EpochEnd end, string reason)
    {
        if (change.Record.Phase != EpochPhase.Training)
        {
            return;
        }

        new Suspicions(change, sight).Keep();
        change.EpochEnds.Add(end);
        change.Record = change.Record with { EpochEnded = reason };
        change.Tell(new ExperimentEvent { Time = change.Now, Text = $"Epoch {change.Record.Epoch} ended: {reason}" });
    }

    // Members keep their order; joiners come behind them in the order of their grants.
    private static ImmutableArray<EpochMember> Ranges(MembershipChange change, IReadOnlyCollection<HeldWorker> members)
        => members.Count == 0 ? [] : ReplicaRanges.Divide([.. members.Select(held => (held.Worker, held.Address))], change.Submission.Replicas);
}

/// <summary>Why a membership epoch ended, as a metric's label.</summary>
internal enum EpochEnd
{
    Lost,
    Joined,
    Left,
    Failed,
    Unreachable,
    Checksum,
    Expelled,
    Stopped,
    Unresponsive,

    /// <summary>An exchange broke and nobody was to blame.</summary>
    Broken,

    /// <summary>All have trained to the end, and the last checkpoint did not arrive.</summary>
    Unsaved,
}

/// <summary>All members are at the last iteration: they must agree, and the last checkpoint must be here. Where it does not come, it is asked for again.</summary>
internal static class Finishing
{
    public static void Advance(MembershipChange change, WorkerSight sight)
    {
        var record = change.Record;
        (string Worker, string Hash)[] hashes = [.. record.Members.Where(member => IsFinished(sight.Status(member.Worker), change)).Select(member => (member.Worker, sight.Status(member.Worker)!.WeightsHash))];
        if (hashes.Select(entry => entry.Hash).Distinct(StringComparer.Ordinal).Count() > 1)
        {
            change.Record = record with { Epochs = Ledger.EndAt(record.Epochs, change.Submission.LastIteration, "The workers' weights differ.") };
            change.End(ExperimentState.Failed, $"The workers' weights differ at iteration {change.Submission.LastIteration}: {string.Join(", ", hashes.Select(entry => $"{entry.Worker} has {entry.Hash}"))}.");
        }
        else if (hashes.Length == record.Members.Length && record.Checkpoint?.Iteration >= change.Submission.LastIteration)
        {
            change.Record = record with { WeightsHash = hashes[0].Hash, Epochs = Ledger.EndAt(record.Epochs, change.Submission.LastIteration, "The run is complete.") };
            change.End(ExperimentState.Completed, $"Trained {change.Submission.TotalImages} images.");
        }
        else if (hashes.Length == record.Members.Length && change.Now - record.Members.Max(member => sight.Of(member.Worker)!.PhaseSince) > change.Options.UploadPatience)
        {
            // It was damaged where it was written, or lost here since. An epoch that begins at the end trains nothing, and ends with a checkpoint.
            Epochs.Hold(change, sight, [.. record.Workers.Where(held => record.IsMember(held.Worker))], EpochEnd.Unsaved, "The last checkpoint did not arrive; it is asked for again.");
        }
    }

    private static bool IsFinished(WorkerStatus? status, MembershipChange change)
        => status is { Phase: WorkerPhase.Finished } && status.Epoch == change.Record.Epoch && status.Iteration == change.Submission.LastIteration;
}

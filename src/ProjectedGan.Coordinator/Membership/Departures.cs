using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>Workers that are lost or have failed.</summary>
internal static class Departures
{
    public static (EpochEnd End, string Reason)? Apply(MembershipChange change, WorkerSight sight)
    {
        (EpochEnd, string)? cause = null;
        foreach (var held in change.Record.Workers)
        {
            var member = change.Record.IsMember(held.Worker);
            if (sight.IsLost(held.Worker))
            {
                change.Release(held.Worker, "lost", "Its heartbeats stopped.");
                cause = member ? (EpochEnd.Lost, $"Worker {held.Worker} was lost.") : cause;
            }
            else if (sight.Status(held.Worker) is { Phase: WorkerPhase.Failed } status)
            {
                Fail(change, sight, held.Worker, status);
                cause = member ? (EpochEnd.Failed, $"Worker {held.Worker} failed: {status.Error}") : cause;
            }

            if (change.Record.HasEnded)
            {
                return null;
            }
        }

        return cause;
    }

    private static void Fail(MembershipChange change, WorkerSight sight, string worker, WorkerStatus status)
    {
        // What others train cannot be wrong everywhere: a file that is damaged on one machine looks so there.
        if (status.ErrorIsEverywhere && !IsTrainedWithout(change, sight, worker))
        {
            change.Tell(worker, "failed", status.Error);
            change.End(ExperimentState.Failed, status.Error);
            return;
        }

        if (status.ErrorPasses)
        {
            if (change.Missing.Count > 0)
            {
                // For what the coordinator lacks; where it goes on without that, the worker may come again at once.
                change.Release(worker, "released", status.Error);
            }
            else
            {
                change.CoolDown(worker, status.Error);
            }

            return;
        }

        change.Exclude(worker, DateTimeOffset.MaxValue, status.Error);
        change.Release(worker, "failed", status.Error);
        Count(change, sight, worker, status.Error);
    }

    private static bool IsTrainedWithout(MembershipChange change, WorkerSight sight, string worker)
        => change.Record.Phase == EpochPhase.Training && !change.Record.IsMember(worker) && change.Record.Members.Any(member => sight.Status(member.Worker) is { Phase: WorkerPhase.Training or WorkerPhase.Finished });

    // A worker that is started again is another one, on the same machine. Failures of one machine, or with iterations between them, are no sign
    // that the experiment fails everywhere; nor are any while others are ready to train it.
    private static void Count(MembershipChange change, WorkerSight sight, string worker, string error)
    {
        var record = change.Record;
        var failed = record.Phase == EpochPhase.Training && change.Known > record.StartIteration ? [] : record.FailedMachines;
        var machine = sight.Of(worker)?.Registration?.Name ?? worker;
        failed = failed.Contains(machine) ? failed : failed.Add(machine);
        change.Record = record with { FailedMachines = failed };
        if (failed.Length >= change.Options.FailingMachinesBeforeFailure && !record.Workers.Any(held => sight.IsReady(held, record)))
        {
            change.End(ExperimentState.Failed, $"Workers on {failed.Length} machines failed at it; the last one said: {error}");
        }
    }
}

/// <summary>Workers that leave in good order, because they drain or are wanted elsewhere.</summary>
internal static class Leavers
{
    /// <summary>Finds workers that have begun to drain.</summary>
    public static (EpochEnd End, string Reason)? Mark(MembershipChange change, WorkerSight sight)
    {
        (EpochEnd, string)? cause = null;
        foreach (var held in change.Record.Workers.Where(held => held.Stays && sight.Of(held.Worker) is { Lost: false, Status.Draining: true }))
        {
            change.Record = Ask(change.Record, held.Worker, "It drains.", change.Now);
        }

        if (change.Record.Workers.FirstOrDefault(held => !held.Stays && change.Record.IsMember(held.Worker)) is { } leaver)
        {
            cause = (EpochEnd.Left, $"Worker {leaver.Worker} leaves. {leaver.Leaving}");
        }

        return cause;
    }

    /// <summary>Marks a worker that has to leave.</summary>
    public static ExperimentRecord Ask(ExperimentRecord record, string worker, string reason, DateTimeOffset now)
        => record with { Workers = [.. record.Workers.Select(held => held.Worker == worker && held.Stays ? held with { Leaving = reason, LeavingSince = now } : held)] };

    /// <summary>Lets those go that are members no more and hold nothing that would be lost with them.</summary>
    public static void Release(MembershipChange change, WorkerSight sight)
    {
        foreach (var held in change.Record.Workers.Where(held => !held.Stays && !change.Record.IsMember(held.Worker)))
        {
            if (!IsNeeded(change, sight, held))
            {
                change.Release(held.Worker, "left", held.Leaving);
            }
        }
    }

    /// <summary>It has a newer state than the checkpoint, and no member that trained beside it stays.</summary>
    private static bool IsNeeded(MembershipChange change, WorkerSight sight, HeldWorker held)
    {
        var iteration = sight.Held(change.Record, held.Worker);
        var saved = Math.Max(change.Record.Checkpoint?.Iteration ?? 0, 0);
        var trained = change.Record.Epochs.LastOrDefault();
        var survives = change.Record.Members.Any(member => trained?.Members.Any(former => former.Worker == member.Worker) == true
            && sight.Status(member.Worker) is { Phase: WorkerPhase.Training or WorkerPhase.Held or WorkerPhase.Finished } status && status.Iteration > saved);
        return iteration > saved && !survives && change.Now - held.LeavingSince < change.Options.UploadPatience;
    }
}

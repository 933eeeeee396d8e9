using ProjectedGan.Coordinator.Experiments;
using ProjectedGan.Coordinator.Workers;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>Workers that leave in good order, because they drain or are wanted elsewhere.</summary>
internal static class Leavers
{
    /// <summary>Finds workers that have begun to drain.</summary>
    public static (EpochEnd End, string Reason)? Mark(MembershipChange change, WorkerSight sight)
    {
        (EpochEnd, string)? cause = null;
        foreach (HeldWorker held in change.Record.Workers.Where(held => held.Stays && sight.Of(held.Worker) is { Lost: false, Status.Draining: true }))
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
        foreach (HeldWorker held in change.Record.Workers.Where(held => !held.Stays && !change.Record.IsMember(held.Worker)))
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
        long iteration = sight.Held(change.Record, held.Worker);
        long saved = Math.Max(change.Record.Checkpoint?.Iteration ?? 0, 0);
        EpochRecord? trained = change.Record.Epochs.LastOrDefault();
        bool survives = change.Record.Members.Any(member => trained?.Members.Any(former => former.Worker == member.Worker) == true
            && sight.Status(member.Worker) is { Phase: WorkerPhase.Training or WorkerPhase.Held or WorkerPhase.Finished } status && status.Iteration > saved);
        return iteration > saved && !survives && change.Now - held.LeavingSince < change.Options.UploadPatience;
    }
}

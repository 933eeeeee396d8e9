using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>Who are the members, and what do they do next.</summary>
internal static class Membership
{
    public static void Advance(MembershipChange change, WorkerSight sight, (EpochEnd End, string Reason)? cause)
    {
        cause ??= Broken(change, sight);
        var record = change.Record;
        var eligible = Eligible(change, sight);
        if (record.Phase == EpochPhase.None)
        {
            Begin(change, sight, eligible);
            return;
        }

        HeldWorker[] kept = [.. eligible.Where(held => record.IsMember(held.Worker))];
        var broken = cause is { } found && record.Phase == EpochPhase.Training && found.End is EpochEnd.Checksum or EpochEnd.Unreachable or EpochEnd.Broken;
        if (kept.Length < record.Members.Length || broken)
        {
            (var end, var reason) = cause ?? (EpochEnd.Failed, $"Worker {record.Members.First(member => kept.All(held => held.Worker != member.Worker)).Worker} lost the run.");
            Epochs.Hold(change, sight, eligible, end, reason);
        }
        else if (eligible.Length > kept.Length && JoinersGo(change, sight, eligible))
        {
            var joiners = string.Join(", ", eligible.Where(held => !record.IsMember(held.Worker)).Select(held => held.Worker));
            Epochs.Hold(change, sight, eligible, EpochEnd.Joined, $"Worker {joiners} joined.");
        }
        else if (record.Phase == EpochPhase.Holding)
        {
            Hold(change, sight);
        }
        else
        {
            Finishing.Advance(change, sight);
        }
    }

    /// <summary>Sends members away that live but do not stop.</summary>
    public static void DropUnresponsive(MembershipChange change, WorkerSight sight)
    {
        if (change.Now - change.Record.PhaseSince <= change.Options.HoldPatience)
        {
            return;
        }

        foreach (var member in change.Record.Members.Where(member => !sight.IsHeld(member.Worker, change.Record.Epoch)))
        {
            change.CoolDown(member.Worker, $"It did not stop at an iteration's boundary within {change.Options.HoldPatience.TotalSeconds:0} s.");
        }
    }

    // Nobody may be to blame, or those who could say so are lost too: after a moment the members just try again.
    private static (EpochEnd End, string Reason)? Broken(MembershipChange change, WorkerSight sight)
    {
        var record = change.Record;
        var first = record.Phase != EpochPhase.Training ? null : record.Members.Where(member => sight.IsBroken(member.Worker, record.Epoch))
            .OrderBy(member => sight.Of(member.Worker)!.PhaseSince).ThenByDescending(member => member.FirstReplica).FirstOrDefault();
        if (first is null || change.Now - sight.Of(first.Worker)!.PhaseSince < change.Options.SuspicionWindow)
        {
            return null;
        }

        if (record.Members.All(member => sight.Held(record, member.Worker) <= record.StartIteration))
        {
            CountBroken(change, first.Worker);
        }

        return (EpochEnd.Broken, $"Worker {first.Worker} could not go on exchanging gradients.");
    }

    // What nobody complains of may still come back every time, and the same members would begin the same epoch for ever.
    private static void CountBroken(MembershipChange change, string first)
    {
        var broken = change.Record.BrokenEpochs + 1;
        var often = broken >= change.Options.StrikesBeforeExpulsion;
        change.Record = change.Record with { BrokenEpochs = often ? 0 : broken };
        if (often)
        {
            change.CoolDown(first, $"{broken} epochs broke without an iteration and without anybody to blame; in the last one it was the first that could not go on.");
        }
    }

    // Members keep their places, which are the first ones; no more than have replicas to host.
    private static HeldWorker[] Eligible(MembershipChange change, WorkerSight sight)
    {
        var record = change.Record;
        return [.. record.Workers.Where(held => sight.IsReady(held, record))
            .OrderBy(held => record.Members.Select(member => member.Worker).ToList().IndexOf(held.Worker) is var place && place < 0 ? int.MaxValue : place)
            .Take(change.Submission.Ceiling)];
    }

    private static void Begin(MembershipChange change, WorkerSight sight, HeldWorker[] eligible)
    {
        var record = change.Record;
        if (record.Workers.IsEmpty)
        {
            if (record.State == ExperimentState.Starting)
            {
                change.MoveTo(ExperimentState.Queued, "Its workers are gone.");
            }

            return;
        }

        HeldWorker[] staying = [.. record.Workers.Where(held => held.Stays)];
        var all = eligible.Length == Math.Min(staying.Length, change.Submission.Ceiling);
        var late = staying.Length > 0 && change.Now - staying.Min(held => held.Granted) >= change.Options.StartPatience;
        if (eligible.Length >= change.Submission.MinWorkers && (all || late))
        {
            Epochs.Hold(change, sight, eligible, EpochEnd.Joined, "The workers are ready.");
        }
    }

    // Those that prepare are waited for a moment, so that several join in one epoch. A run that waits takes whom it gets.
    private static bool JoinersGo(MembershipChange change, WorkerSight sight, HeldWorker[] eligible)
    {
        var record = change.Record;
        if (record.Phase == EpochPhase.Holding && record.Members.Length >= change.Submission.MinWorkers)
        {
            return false;
        }

        if (record.Members.Length < change.Submission.MinWorkers)
        {
            return eligible.Length >= change.Submission.MinWorkers;
        }

        var othersPrepare = record.Workers.Any(held => held.Stays && !sight.IsLost(held.Worker) && !eligible.Contains(held));
        var ready = eligible.Where(held => !record.IsMember(held.Worker)).Min(held => sight.Of(held.Worker)?.PhaseSince ?? change.Now);
        return !othersPrepare || change.Now - ready >= change.Options.JoinPatience;
    }

    private static void Hold(MembershipChange change, WorkerSight sight)
    {
        var record = change.Record;
        if (!record.Members.All(member => sight.IsHeld(member.Worker, record.Epoch)))
        {
            DropUnresponsive(change, sight);
            return;
        }

        // A leaver that is still held has the newest state, and uploads it.
        if (record.Members.Length >= change.Submission.MinWorkers && record.Workers.All(held => held.Stays))
        {
            Epochs.Train(change, sight);
        }
    }
}

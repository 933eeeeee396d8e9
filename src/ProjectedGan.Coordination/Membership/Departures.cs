using ProjectedGan.Coordination.Experiments;
using ProjectedGan.Coordination.Workers;

namespace ProjectedGan.Coordination.Membership;

/// <summary>Workers that are lost or have failed.</summary>
internal static class Departures
{
    public static (EpochEnd End, string Reason)? Apply(MembershipChange change, WorkerSight sight)
    {
        (EpochEnd, string)? cause = null;
        foreach (HeldWorker held in change.Record.Workers)
        {
            bool member = change.Record.IsMember(held.Worker);
            if (sight.IsLost(held.Worker))
            {
                change.Release(held.Worker, "lost", "Its heartbeats stopped.");
                cause = member ? (EpochEnd.Lost, $"Worker {held.Worker} was lost.") : cause;
            }
            else if (sight.Status(held.Worker) is { Phase: WorkerPhase.Failed } status)
            {
                Fail(change, held.Worker, status);
                cause = member ? (EpochEnd.Failed, $"Worker {held.Worker} failed: {status.Error}") : cause;
            }

            if (change.Record.HasEnded)
            {
                return null;
            }
        }

        return cause;
    }

    private static void Fail(MembershipChange change, string worker, WorkerStatus status)
    {
        if (status.ErrorIsEverywhere)
        {
            change.Tell(worker, "failed", status.Error);
            change.End(ExperimentState.Failed, status.Error);
            return;
        }

        change.Exclude(worker, DateTimeOffset.MaxValue, status.Error);
        change.Release(worker, "failed", status.Error);
        if (!change.Record.FailedWorkers.Contains(worker))
        {
            change.Record = change.Record with { FailedWorkers = change.Record.FailedWorkers.Add(worker) };
        }

        if (change.Record.FailedWorkers.Length >= change.Options.FailingWorkersBeforeFailure)
        {
            change.End(ExperimentState.Failed, $"{change.Record.FailedWorkers.Length} workers failed at it; the last one said: {status.Error}");
        }
    }
}

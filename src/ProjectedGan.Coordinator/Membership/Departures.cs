using System.Collections.Immutable;
using ProjectedGan.Coordinator.Experiments;
using ProjectedGan.Coordinator.Workers;

namespace ProjectedGan.Coordinator.Membership;

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
        ExperimentRecord record = change.Record;
        ImmutableArray<string> failed = record.Phase == EpochPhase.Training && change.Known > record.StartIteration ? [] : record.FailedMachines;
        string machine = sight.Of(worker)?.Registration?.Name ?? worker;
        failed = failed.Contains(machine) ? failed : failed.Add(machine);
        change.Record = record with { FailedMachines = failed };
        if (failed.Length >= change.Options.FailingMachinesBeforeFailure && !record.Workers.Any(held => sight.IsReady(held, record)))
        {
            change.End(ExperimentState.Failed, $"Workers on {failed.Length} machines failed at it; the last one said: {error}");
        }
    }
}

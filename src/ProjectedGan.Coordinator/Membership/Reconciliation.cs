using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>
/// Brings an experiment's record in line with what its workers do. A pure function of record, observations and time, which is called
/// again and again; where nothing has changed it changes nothing. In order:
/// <list type="number">
/// <item>What the coordinator's files do not allow any more is given up.</item>
/// <item>Lost workers go.</item>
/// <item>Failed workers go, or the experiment fails.</item>
/// <item>Suspicions: who is at fault goes.</item>
/// <item>Workers that leave go, unless they alone hold the newest state.</item>
/// <item>An experiment that stops waits for its members and the checkpoint.</item>
/// <item>Otherwise a change of eligible members begins an epoch, members that stand train, and members that have finished end the experiment.</item>
/// </list>
/// One that has lost all its workers and has not trained may begin with others of any kind.
/// </summary>
internal static class Reconciliation
{
    public static void Apply(MembershipChange change, WorkerSight sight)
    {
        if (change.Record.HasEnded || change.Record.State is ExperimentState.None or ExperimentState.Paused)
        {
            return;
        }

        Reconcile(change, sight);
        ExperimentRecord record = change.Record;
        if (record.Workers.IsEmpty && record.Epochs.IsEmpty && record.Checkpoint is null)
        {
            change.Record = record with { DeviceKind = "", Arithmetic = "" };
        }
    }

    private static void Reconcile(MembershipChange change, WorkerSight sight)
    {
        MissingFiles.Apply(change); // 1
        if (change.Record.HasEnded)
        {
            return;
        }

        (EpochEnd End, string Reason)? cause = Departures.Apply(change, sight); // 2, 3
        if (change.Record.HasEnded)
        {
            return;
        }

        cause = new Suspicions(change, sight).Judge() ?? cause; // 4
        cause = Leavers.Mark(change, sight) ?? cause; // 5
        if (change.Record.State == ExperimentState.Pausing)
        {
            Stopping.Advance(change, sight); // 6
            return;
        }

        Leavers.Release(change, sight); // 5
        Membership.Advance(change, sight, cause); // 7
    }
}

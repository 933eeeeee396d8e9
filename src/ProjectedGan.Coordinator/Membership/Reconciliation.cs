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
        var record = change.Record;
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

        var cause = Departures.Apply(change, sight); // 2, 3
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

/// <summary>The workers of an experiment as they were last seen.</summary>
internal sealed class WorkerSight(string experiment, IReadOnlyDictionary<string, WorkerObservation> observations)
{
    public WorkerObservation? Of(string worker) => observations.GetValueOrDefault(worker);

    public bool IsLost(string worker) => Of(worker) is { Lost: true };

    /// <summary>What a living worker says about this experiment; null while it is silent or about another one.</summary>
    public WorkerStatus? Status(string worker)
        => Of(worker) is { Lost: false, Status: { } status } && status.Run == experiment ? status : null;

    /// <summary>
    /// It can be a member. Members stay so while they are silent and not lost, which keeps a running epoch undisturbed when the coordinator
    /// restarts; others become so by being warm.
    /// </summary>
    public bool IsReady(HeldWorker held, ExperimentRecord record)
    {
        if (!held.Stays || IsLost(held.Worker))
        {
            return false;
        }

        var seen = Of(held.Worker);
        if (!record.IsMember(held.Worker))
        {
            return Status(held.Worker) is { Phase: WorkerPhase.Warm };
        }

        return seen?.Status is not { } status
            || (status.Run == experiment && status.Phase is WorkerPhase.Warm or WorkerPhase.Held or WorkerPhase.Syncing or WorkerPhase.Training or WorkerPhase.Finished);
    }

    /// <summary>It stands at a boundary for the epoch.</summary>
    public bool IsHeld(string worker, long epoch) => Status(worker) is { Phase: WorkerPhase.Held } status && status.Epoch == epoch;

    /// <summary>
    /// It trained in the epoch and cannot go on, because its exchange with the others broke: it is warm again, which in an epoch of its own
    /// no member is before.
    /// </summary>
    public bool IsBroken(string worker, long epoch) => Status(worker) is { Phase: WorkerPhase.Warm } status && status.Epoch == epoch;

    /// <summary>
    /// Completed iterations of the state that it holds from the newest epoch with training; -1 without one. What it holds of an earlier epoch,
    /// which others have left behind, is right but would put iterations into the wrong epoch's record.
    /// </summary>
    public long Held(ExperimentRecord record, string worker)
        => Ledger.Covers(record.Epochs, worker, Iteration(worker)) ? Iteration(worker) : -1;

    /// <summary>Completed iterations of the state that it holds; -1 without one.</summary>
    public long Iteration(string worker) => Status(worker)?.Iteration ?? -1;
}

using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>An experiment that pauses or stops early: its members stand, one uploads a checkpoint, all are freed.</summary>
internal static class Stopping
{
    public static void Advance(MembershipChange change, WorkerSight sight)
    {
        var record = change.Record;
        HashSet<string> present = [.. record.Workers.Select(held => held.Worker)];
        HeldWorker[] members = [.. record.Workers.Where(held => record.IsMember(held.Worker))];
        if (members.Length == 0)
        {
            Finish(change, "");
            return;
        }

        var someLeft = record.Members.Any(member => !present.Contains(member.Worker));
        if (record.Phase != EpochPhase.Stopping || someLeft)
        {
            Epochs.Stop(change, sight, members, record.Reason);
            return;
        }

        if (record.Uploader.Length == 0)
        {
            ChooseUploader(change, sight, members);
        }
        else if (sight.Held(record, record.Uploader) <= Math.Max(record.Checkpoint?.Iteration ?? 0, 0))
        {
            Finish(change, sight.Status(record.Uploader)?.WeightsHash ?? "");
        }
        else if (change.Now - record.PhaseSince > change.Options.UploadPatience)
        {
            change.Tell(record.Uploader, "late", "Its checkpoint did not come in time; what was trained since the checkpoint before is trained again.");
            Finish(change, "");
        }
    }

    private static void ChooseUploader(MembershipChange change, WorkerSight sight, HeldWorker[] members)
    {
        var record = change.Record;
        if (members.All(held => sight.IsHeld(held.Worker, record.Epoch)))
        {
            var newest = members.Max(held => sight.Held(record, held.Worker));
            change.Record = record with { Uploader = members.First(held => sight.Held(record, held.Worker) == newest).Worker, PhaseSince = change.Now };
        }
        else
        {
            Membership.DropUnresponsive(change, sight);
        }
    }

    private static void Finish(MembershipChange change, string weightsHash)
    {
        var record = change.Record;
        var saved = Math.Max(record.Checkpoint?.Iteration ?? 0, 0);
        change.Record = record with
        {
            Epochs = Ledger.EndAt(record.Epochs, saved, record.EpochEnded.Length > 0 ? record.EpochEnded : record.Reason),
            Workers = [],
            Members = [],
            Phase = EpochPhase.None,
            Uploader = "",
            EpochEnded = "",
        };
        if (record.EarlyStop.Length > 0)
        {
            change.Record = change.Record with { WeightsHash = weightsHash };
            change.End(ExperimentState.Completed, record.EarlyStop);
        }
        else
        {
            change.MoveTo(ExperimentState.Paused, record.Checkpoint is null ? "Paused before its first checkpoint." : $"Paused at iteration {record.Checkpoint.Iteration}.");
        }
    }
}

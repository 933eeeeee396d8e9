using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>All members are at the last iteration: they must agree, and the last checkpoint must be here. Where it does not come, it is asked for again.</summary>
internal static class Finishing
{
    public static void Advance(MembershipChange change, WorkerSight sight)
    {
        ExperimentRecord record = change.Record;
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

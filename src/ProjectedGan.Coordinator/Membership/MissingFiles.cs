using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>
/// Files that an experiment needs and the coordinator has lost: no worker is at fault for that. Without its checkpoint it goes back to the one
/// before, or to its start; without its data set or weights it fails, unless members are left who have them.
/// </summary>
internal static class MissingFiles
{
    /// <summary>Everything that workers of the experiment may have to fetch.</summary>
    public static IEnumerable<ArtifactReference> Needed(ExperimentSubmission submission, ExperimentRecord record)
        => Inputs(submission).Concat(record.Checkpoint?.Files ?? []).Concat(record.EarlierCheckpoint?.Files ?? []);

    public static void Apply(MembershipChange change)
    {
        if (change.Missing.Count == 0)
        {
            return;
        }

        while (change.Record.Checkpoint is { } checkpoint && checkpoint.Files.FirstOrDefault(file => IsMissing(change, file)) is { } lost)
        {
            CheckpointRecord? earlier = change.Record.EarlierCheckpoint;
            change.Record = change.Record with { Checkpoint = earlier, EarlierCheckpoint = null };
            change.Tell(new()
            {
                Time = change.Now,
                Text = $"The checkpoint at iteration {checkpoint.Iteration} cannot be used: {Describe(lost)} is not at the coordinator any more. "
                    + (earlier is null ? "Where no worker has a state, training begins anew." : $"Where no worker has a newer state, training goes back to iteration {earlier.Iteration}."),
            });
        }

        if (change.Record.Phase == EpochPhase.None && Inputs(change.Submission).FirstOrDefault(file => IsMissing(change, file)) is { } input)
        {
            change.End(ExperimentState.Failed, $"{Describe(input)} is not at the coordinator any more; upload it again (pgan submit does) and resume the experiment.");
        }
    }

    private static IEnumerable<ArtifactReference> Inputs(ExperimentSubmission submission)
        => new[] { submission.Dataset, submission.Weights, submission.MetricWeights }.OfType<ArtifactReference>();

    private static bool IsMissing(MembershipChange change, ArtifactReference file) => change.Missing.Contains(file.Digest);

    private static string Describe(ArtifactReference file) => $"{file.Name} (artifact {file.Digest})";
}

using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>What a worker of an experiment should be doing, by the stored record alone.</summary>
internal static class DesiredAssignment
{
    public static WorkerAssignment For(string id, ExperimentSubmission submission, ExperimentRecord record, string worker)
    {
        var member = record.IsMember(worker);
        var leaves = record.Workers.Any(held => held.Worker == worker && !held.Stays);
        var run = Describe(id, submission, member && record.Phase == EpochPhase.Training ? record.StartCheckpoint ?? record.Checkpoint : record.Checkpoint);
        var assignment = new WorkerAssignment
        {
            Mode = AssignmentMode.Warm,
            Run = run,
            Epoch = record.Epoch,
            TraceParent = submission.TraceParent,
            RecordedSnapshot = record.Snapshots.LastOrDefault()?.Images ?? -1,
        };
        return (member, record.Phase) switch
        {
            (true, EpochPhase.Holding) => assignment with { Mode = AssignmentMode.Hold },
            (true, EpochPhase.Training) => assignment with { Mode = AssignmentMode.Train, StartIteration = record.StartIteration, StateSource = record.StateSource, Members = record.Members },
            (true, EpochPhase.Stopping) => assignment with { Mode = AssignmentMode.Pause, Uploads = record.Uploader == worker },
            _ => leaves ? assignment with { Mode = AssignmentMode.Pause, Uploads = true } : assignment,
        };
    }

    public static RunDescription Describe(string id, ExperimentSubmission submission, CheckpointRecord? checkpoint) => new()
    {
        Id = id,
        SpecYaml = submission.SpecYaml,
        SpecHash = submission.SpecHash,
        DatasetHash = submission.DatasetHash,
        Dataset = submission.Dataset,
        Weights = submission.Weights,
        MetricWeights = submission.MetricWeights,
        Checkpoint = checkpoint,
    };

    /// <summary>What makes two assignments the same for a worker, whatever their versions.</summary>
    public static string Key(WorkerAssignment assignment)
        => $"{assignment.Mode}/{assignment.Epoch}/{assignment.StartIteration}/{assignment.StateSource}/{assignment.Uploads}/{assignment.RecordedSnapshot}/{string.Join(',', assignment.Members.Select(member => member.Worker))}";
}

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
            var earlier = change.Record.EarlierCheckpoint;
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

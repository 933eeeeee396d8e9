using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>What a worker of an experiment should be doing, by the stored record alone.</summary>
internal static class DesiredAssignment
{
    public static WorkerAssignment For(string id, ExperimentSubmission submission, ExperimentRecord record, string worker)
    {
        bool member = record.IsMember(worker);
        bool leaves = record.Workers.Any(held => held.Worker == worker && !held.Stays);
        RunDescription run = Describe(id, submission, member && record.Phase == EpochPhase.Training ? record.StartCheckpoint ?? record.Checkpoint : record.Checkpoint);
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

using System.Text.Json.Serialization;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Evaluations;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>An experiment's record as others see it.</summary>
internal static class ExperimentViews
{
    public static ExperimentView View(string id, ExperimentSubmission submission, ExperimentRecord record, long known) => new()
    {
        Id = id,
        Submission = submission,
        State = record.State,
        Reason = record.Reason,
        Submitted = record.Submitted,
        Started = record.Started,
        Ended = record.Ended,
        Progress = record.Progress,
        Members = record.Members,
        Workers = [.. record.Workers.Select(held => held.Worker)],
        MembershipEpoch = record.Epoch,
        Epochs = record.Epochs.Length > 0 && record.Epochs[^1].EndedBecause.Length == 0
            ? record.Epochs.SetItem(record.Epochs.Length - 1, record.Epochs[^1] with { EndIteration = Math.Max(record.Epochs[^1].FirstIteration, known) })
            : record.Epochs,
        History = record.History,
        Snapshots = record.Snapshots,
        BestSnapshotImages = record.BestSnapshotImages,
        WeightsHash = record.WeightsHash,
        Checkpoint = record.Checkpoint,
    };

    /// <summary>Stands for a submission that cannot be read.</summary>
    public static ExperimentSubmission UnknownSubmission(string id) => new()
    {
        Name = id,
        User = "",
        SpecYaml = "",
        SpecHash = "",
        DatasetHash = "",
        Dataset = new ArtifactReference { Name = "", Digest = "" },
        Replicas = 0,
        Batch = 0,
        TotalImages = 0,
        LastIteration = 0,
    };

    public static ExperimentSummary Summarize(string id, ExperimentSubmission submission, ExperimentRecord record) => new()
    {
        Id = id,
        Name = submission.Name,
        User = submission.User,
        State = record.State,
        Reason = record.Reason,
        Priority = submission.Priority,
        Submitted = record.Submitted,
        Started = record.Started,
        Ended = record.Ended,
        SpecHash = submission.SpecHash,
        DatasetHash = submission.DatasetHash,
        Replicas = submission.Replicas,
        Batch = submission.Batch,
        TotalImages = submission.TotalImages,
        Images = Math.Max(record.Progress?.Images ?? 0, record.Checkpoint?.Images ?? 0),
        MembershipEpoch = record.Epoch,
        Members = record.Members.Length,
        BestSnapshotImages = record.BestSnapshotImages,
        BestMetric = record.Snapshots.FirstOrDefault(snapshot => snapshot.Images == record.BestSnapshotImages)?.Metrics.FirstOrDefault(),
        WeightsHash = record.WeightsHash,
        CheckpointIteration = record.Checkpoint?.Iteration ?? -1,
        Active = !record.HasEnded || record.Snapshots.Any(SnapshotHistory.IsOpen),
    };

    public static ExperimentDemand Demand(string id, ExperimentSubmission submission, ExperimentRecord record) => new()
    {
        Experiment = id,
        User = submission.User,
        Priority = submission.Priority,
        Wants = record.TakesWorkers,
        QueuedSince = record.QueuedSince,
        MinWorkers = submission.MinWorkers,
        MaxWorkers = submission.Ceiling,
        DeviceKind = submission.DeviceKind.Length > 0 ? submission.DeviceKind : record.DeviceKind,
        Arithmetic = record.Arithmetic,
        Workers = [.. record.Workers.Where(held => held.Stays).Select(held => held.Worker)],
        Leaving = [.. record.Workers.Where(held => !held.Stays).Select(held => held.Worker)],
        Excluded = record.Excluded,
        Revision = record.Revision,
    };

    /// <summary>Measures an experiment that has trained, at whatever boundary it stands, until it ends.</summary>
    public static void Show(string id, ExperimentSubmission submission, ExperimentRecord record, long known, ICoordinationObserver observer)
    {
        if (record.HasEnded)
        {
            observer.ExperimentEnded(id);
        }
        else if (!record.Epochs.IsEmpty)
        {
            // A pause's checkpoint may lie behind the last iteration that its workers told of before they left.
            var iteration = Math.Max(known, record.Checkpoint?.Iteration ?? 0);
            observer.Progressed(id, iteration, iteration * submission.Batch, record.Phase == EpochPhase.Training ? record.Members.Length : 0, record.Epoch);
        }
    }
}

/// <summary>The stored form of an experiment's record.</summary>
[GenerateSerializer]
public sealed class StoredExperiment : IUnreadableState
{
    [Id(0)]
    public ExperimentRecord Record { get; set; } = new();

    /// <inheritdoc/>
    [Id(1), JsonIgnore]
    public string Unreadable { get; set; } = "";
}

/// <summary>The stored form of a submission: kept apart, for it is the large part and hardly ever changes.</summary>
[GenerateSerializer]
public sealed class StoredSubmission : IUnreadableState
{
    [Id(0)]
    public ExperimentSubmission? Submission { get; set; }

    /// <inheritdoc/>
    [Id(1), JsonIgnore]
    public string Unreadable { get; set; } = "";
}

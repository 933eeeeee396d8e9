using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using Records = ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Experiments as messages of the public API.</summary>
public static class ExperimentMessages
{
    public static Experiment ToMessage(ExperimentView view)
    {
        var submission = view.Submission;
        Experiment message = new()
        {
            Id = view.Id,
            Name = submission.Name,
            State = ToMessage(view.State),
            Reason = view.Reason,
            User = submission.User,
            Priority = submission.Priority,
            Submitted = Time(view.Submitted),
            Started = Time(view.Started),
            Ended = Time(view.Ended),
            SpecYaml = submission.SpecYaml,
            SpecHash = submission.SpecHash,
            DatasetHash = submission.DatasetHash,
            Replicas = submission.Replicas,
            Batch = submission.Batch,
            TotalImages = submission.TotalImages,
            Progress = view.Progress is { } progress ? ToMessage(progress) : null,
            MembershipEpoch = view.MembershipEpoch,
            WeightsHash = view.WeightsHash,
            CheckpointIteration = view.Checkpoint?.Iteration ?? -1,
            LastEvent = view.LastEvent,
        };
        message.Warnings.AddRange(submission.Warnings);
        message.Members.AddRange(view.Members.Select(ToMessage));
        message.Epochs.AddRange(view.Epochs.Select(ToMessage));
        message.History.AddRange(view.History.Select(ToMessage));
        message.Snapshots.AddRange(view.Snapshots.Select(ToMessage));
        if (view.BestSnapshotImages is { } best)
        {
            message.BestSnapshotImages = best;
            message.BestMetric = view.Snapshots.FirstOrDefault(snapshot => snapshot.Images == best)?.Metrics.FirstOrDefault() is { } metric ? ToMessage(metric) : null;
        }

        return message;
    }

    public static Experiment ToMessage(ExperimentSummary summary)
    {
        Experiment message = new()
        {
            Id = summary.Id,
            Name = summary.Name,
            State = ToMessage(summary.State),
            Reason = summary.Reason,
            User = summary.User,
            Priority = summary.Priority,
            Submitted = Time(summary.Submitted),
            Started = Time(summary.Started),
            Ended = Time(summary.Ended),
            SpecHash = summary.SpecHash,
            DatasetHash = summary.DatasetHash,
            Replicas = summary.Replicas,
            Batch = summary.Batch,
            TotalImages = summary.TotalImages,
            Progress = new Progress { Images = summary.Images },
            MembershipEpoch = summary.MembershipEpoch,
            WeightsHash = summary.WeightsHash,
            CheckpointIteration = summary.CheckpointIteration,
            BestMetric = summary.BestMetric is { } metric ? ToMessage(metric) : null,
        };
        if (summary.BestSnapshotImages is { } best)
        {
            message.BestSnapshotImages = best;
        }

        return message;
    }

    // The enumerations have the same members in the same order; a test pins it.
    public static Protocol.V1.ExperimentState ToMessage(Records.ExperimentState state) => (Protocol.V1.ExperimentState)state;

    public static ImmutableArray<Records.ExperimentState> ToRecords(IEnumerable<Protocol.V1.ExperimentState> states) => [.. states.Select(ToRecord)];

    private static Records.ExperimentState ToRecord(Protocol.V1.ExperimentState state) => System.Enum.IsDefined(state)
        ? (Records.ExperimentState)state
        : throw new FieldException("states", $"states has {(int)state}, which is no state of an experiment.");

    public static Progress ToMessage(TrainingProgress progress)
    {
        Progress message = new()
        {
            Iteration = progress.Iteration,
            Images = progress.Images,
            ImagesPerSecond = progress.ImagesPerSecond,
            GeneratorLoss = progress.GeneratorLoss,
            DiscriminatorLossGenerated = progress.DiscriminatorLossGenerated,
            DiscriminatorLossReal = progress.DiscriminatorLossReal,
            AccuracyGenerated = progress.AccuracyGenerated,
            AccuracyReal = progress.AccuracyReal,
            GeneratorGradientNorm = progress.GeneratorGradientNorm,
            DiscriminatorGradientNorm = progress.DiscriminatorGradientNorm,
            NonFiniteElements = progress.NonFiniteElements,
            TrainingTime = Duration.FromTimeSpan(progress.TrainingTime),
            Remaining = Duration.FromTimeSpan(progress.Remaining),
            Time = Time(progress.Time),
        };
        message.PhaseSeconds.Add(progress.PhaseSeconds);
        return message;
    }

    public static Member ToMessage(EpochMember member) => new() { Worker = member.Worker, FirstReplica = member.FirstReplica, ReplicaCount = member.ReplicaCount };

    public static Protocol.V1.EpochRecord ToMessage(Records.EpochRecord epoch)
    {
        Protocol.V1.EpochRecord message = new()
        {
            Epoch = epoch.Epoch,
            FirstIteration = epoch.FirstIteration,
            EndIteration = epoch.EndIteration,
            EndedBecause = epoch.EndedBecause,
            Began = Time(epoch.Began),
        };
        message.Members.AddRange(epoch.Members.Select(ToMessage));
        return message;
    }

    public static Transition ToMessage(StateTransition transition) => new() { State = ToMessage(transition.State), Reason = transition.Reason, Time = Time(transition.Time) };

    public static Snapshot ToMessage(SnapshotRecord snapshot)
    {
        Snapshot message = new()
        {
            Images = snapshot.Images,
            Iteration = snapshot.Iteration,
            Time = Time(snapshot.Time),
            TrainingTime = Duration.FromTimeSpan(snapshot.TrainingTime),
            Evaluation = (Protocol.V1.EvaluationState)snapshot.Evaluation,
            EvaluationError = snapshot.EvaluationError,
            Weights = ToMessage(snapshot.Weights),
            Grid = ToMessage(snapshot.Grid),
            Walk = ToMessage(snapshot.Walk),
            Neighbours = ToMessage(snapshot.Neighbours),
        };
        message.Metrics.AddRange(snapshot.Metrics.Select(ToMessage));
        return message;
    }

    public static MetricValue ToMessage(MetricRecord metric)
    {
        MetricValue message = new() { Metric = metric.Metric, Value = metric.Value, Samples = metric.Samples };
        if (metric.StandardDeviation is { } deviation)
        {
            message.StandardDeviation = deviation;
        }

        return message;
    }

    public static Artifact? ToMessage(ArtifactReference? artifact) =>
        artifact is null ? null : new Artifact { Name = artifact.Name, Digest = artifact.Digest, Bytes = artifact.Bytes };

    public static Timestamp Time(DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    public static Timestamp? Time(DateTimeOffset? time) => time is { } known ? Time(known) : null;
}

/// <summary>Events as messages of the public API.</summary>
public static class EventMessages
{
    public static Event ToMessage(ExperimentEvent record)
    {
        Event message = new() { Sequence = record.Sequence, Time = ExperimentMessages.Time(record.Time), Text = record.Text };
        if (record.Transition is { } transition)
        {
            message.Transition = ExperimentMessages.ToMessage(transition);
        }
        else if (record.Progress is { } progress)
        {
            message.Progress = ExperimentMessages.ToMessage(progress);
        }
        else if (record.Epoch is { } epoch)
        {
            message.Epoch = ExperimentMessages.ToMessage(epoch);
        }
        else if (record.Snapshot is { } snapshot)
        {
            message.Snapshot = ExperimentMessages.ToMessage(snapshot);
        }
        else if (record.Checkpoint is { } checkpoint)
        {
            message.Checkpoint = new Protocol.V1.CheckpointRecord { Iteration = checkpoint.Iteration, Images = checkpoint.Images };
        }
        else if (record.Worker is { } worker)
        {
            message.Worker = new Protocol.V1.WorkerEvent { Worker = worker.Worker, What = worker.What, Reason = worker.Reason };
        }
        else if (record.Log is { } log)
        {
            message.Log = new Protocol.V1.LogLine { Worker = log.Worker, Level = log.Level, Text = log.Text };
        }

        return message;
    }
}

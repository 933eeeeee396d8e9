using System.Collections.Immutable;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using Messages = ProjectedGan.Protocol.V1;
using Records = ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Services;

/// <summary>What nodes and the coordinator tell each other, as messages and as the grains' records.</summary>
internal static class ClusterMessages
{
    private const int LongestText = 2000;
    private const int MostSuspicions = 4096;

    public static WorkerRegistration ToRecord(RegisterWorker message) => new()
    {
        Id = message.Id,
        Name = Bounded(message.Name),
        DeviceKind = message.DeviceKind,
        Device = Bounded(message.Device),
        Arithmetic = Bounded(message.Arithmetic),
        Address = message.Address,
        Version = Bounded(message.Version),
    };

    public static Records.WorkerStatus ToRecord(Messages.WorkerStatus message) => new()
    {
        Phase = ToRecord(message.Phase),
        Run = Bounded(message.Run),
        Epoch = message.Epoch,
        Iteration = message.Iteration,
        Assignment = message.Assignment,
        Error = Bounded(message.Error),
        ErrorIsEverywhere = message.ErrorIsEverywhere,
        ErrorPasses = message.ErrorPasses,
        Suspicions = [.. message.Suspicions.Take(MostSuspicions).Select(ToRecord)],
        WeightsHash = Bounded(message.WeightsHash),
        Draining = message.Draining,
        DeviceMemoryBytes = message.DeviceMemoryBytes,
    };

    public static TrainingProgress ToRecord(Progress message) => new()
    {
        Iteration = message.Iteration,
        Images = message.Images,
        ImagesPerSecond = message.ImagesPerSecond,
        GeneratorLoss = message.GeneratorLoss,
        DiscriminatorLossGenerated = message.DiscriminatorLossGenerated,
        DiscriminatorLossReal = message.DiscriminatorLossReal,
        AccuracyGenerated = message.AccuracyGenerated,
        AccuracyReal = message.AccuracyReal,
        GeneratorGradientNorm = message.GeneratorGradientNorm,
        DiscriminatorGradientNorm = message.DiscriminatorGradientNorm,
        NonFiniteElements = message.NonFiniteElements,
        TrainingTime = Span(message.TrainingTime),
        Remaining = Span(message.Remaining),
        Time = Checked("time", () => message.Time?.ToDateTimeOffset() ?? default),
        PhaseSeconds = message.PhaseSeconds.Take(100).ToImmutableDictionary(),
    };

    public static Records.CheckpointRecord ToRecord(CheckpointUploaded message) => new()
    {
        Iteration = message.Iteration,
        Images = message.Images,
        Files = ToRecords(message.Files),
    };

    public static SnapshotRecord ToRecord(SnapshotUploaded message, DateTimeOffset now) => new()
    {
        Images = message.Images,
        Iteration = message.Iteration,
        Time = now,
        TrainingTime = Span(message.TrainingTime),
        Weights = ToRecord(message.Weights),
        Measure = message.Measure,
    };

    public static EvaluationOutcome ToRecord(EvaluationResult message) => new()
    {
        Metrics = [.. message.Metrics.Take(100).Select(ToRecord)],
        Grid = message.Grid is null ? null : ToRecord(message.Grid),
        Walk = message.Walk is null ? null : ToRecord(message.Walk),
        Neighbours = message.Neighbours is null ? null : ToRecord(message.Neighbours),
        Error = Bounded(message.Error),
        Duration = Span(message.Duration),
    };

    private static MetricRecord ToRecord(MetricValue metric) => new()
    {
        Metric = Bounded(metric.Metric),
        Value = metric.Value,
        Samples = metric.Samples,
        StandardDeviation = metric.HasStandardDeviation ? metric.StandardDeviation : null,
    };

    public static Assignment ToMessage(WorkerAssignment assignment)
    {
        Assignment message = new()
        {
            Version = assignment.Version,
            Mode = ToMessage(assignment.Mode),
            Run = assignment.Run is { } run ? ToMessage(run) : null,
            Epoch = assignment.Epoch,
            StartIteration = assignment.StartIteration,
            StateSource = assignment.StateSource,
            UploadsCheckpoint = assignment.Uploads,
            Traceparent = assignment.TraceParent,
            RecordedSnapshot = assignment.RecordedSnapshot,
        };
        message.Peers.AddRange(assignment.Members.Select(
            member => new Peer { Worker = member.Worker, Address = member.Address, FirstReplica = member.FirstReplica, ReplicaCount = member.ReplicaCount }));
        return message;
    }

    public static Messages.EvaluationTask ToMessage(Records.EvaluationTask task) => new()
    {
        Id = task.Id,
        Experiment = task.Run.Id,
        Images = task.Images,
        Run = ToMessage(task.Run),
        Snapshot = ExperimentMessages.ToMessage(task.Snapshot),
        Traceparent = task.TraceParent,
        Measure = task.Measure,
    };

    public static string Bounded(string text) => text.Length <= LongestText ? text : text[..LongestText];

    private static Messages.RunDescription ToMessage(Records.RunDescription run)
    {
        Messages.RunDescription message = new()
        {
            Id = run.Id,
            SpecYaml = run.SpecYaml,
            SpecHash = run.SpecHash,
            DatasetHash = run.DatasetHash,
            Dataset = ExperimentMessages.ToMessage(run.Dataset),
            Weights = ExperimentMessages.ToMessage(run.Weights),
            MetricWeights = ExperimentMessages.ToMessage(run.MetricWeights),
            CheckpointIteration = run.Checkpoint?.Iteration ?? -1,
        };
        message.Checkpoint.AddRange(run.Checkpoint?.Files.Select(ExperimentMessages.ToMessage) ?? []);
        return message;
    }

    private static Records.Suspicion ToRecord(Messages.Suspicion message) => new()
    {
        Worker = Bounded(message.Worker),
        Kind = ToRecord(message.Kind),
        Count = message.Count,
        Detail = Bounded(message.Detail),
    };

    private static Records.WorkerPhase ToRecord(Messages.WorkerPhase phase) => phase switch
    {
        Messages.WorkerPhase.Idle => Records.WorkerPhase.Idle,
        Messages.WorkerPhase.Warming => Records.WorkerPhase.Warming,
        Messages.WorkerPhase.Warm => Records.WorkerPhase.Warm,
        Messages.WorkerPhase.Held => Records.WorkerPhase.Held,
        Messages.WorkerPhase.Syncing => Records.WorkerPhase.Syncing,
        Messages.WorkerPhase.Training => Records.WorkerPhase.Training,
        Messages.WorkerPhase.Finished => Records.WorkerPhase.Finished,
        Messages.WorkerPhase.Failed => Records.WorkerPhase.Failed,
        _ => throw new FieldException("phase", $"phase is {(int)phase}, which is none of the protocol's."),
    };

    private static SuspicionKind ToRecord(Messages.Suspicion.Types.Kind kind) => kind switch
    {
        Messages.Suspicion.Types.Kind.Unreachable => SuspicionKind.Unreachable,
        Messages.Suspicion.Types.Kind.Checksum => SuspicionKind.Checksum,
        Messages.Suspicion.Types.Kind.NonFinite => SuspicionKind.NonFinite,
        _ => throw new FieldException("kind", $"A suspicion's kind is {(int)kind}, which is none of the protocol's."),
    };

    private static Messages.AssignmentMode ToMessage(Records.AssignmentMode mode) => mode switch
    {
        Records.AssignmentMode.Idle => Messages.AssignmentMode.Idle,
        Records.AssignmentMode.Warm => Messages.AssignmentMode.Warm,
        Records.AssignmentMode.Hold => Messages.AssignmentMode.Hold,
        Records.AssignmentMode.Train => Messages.AssignmentMode.Train,
        Records.AssignmentMode.Pause => Messages.AssignmentMode.Pause,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "The protocol has no such mode."),
    };

    private static ImmutableArray<ArtifactReference> ToRecords(RepeatedField<Artifact> artifacts) => [.. artifacts.Select(ToRecord)];

    private static ArtifactReference ToRecord(Artifact artifact) => new() { Name = Path.GetFileName(Bounded(artifact.Name)), Digest = artifact.Digest, Bytes = artifact.Bytes };

    private static TimeSpan Span(Duration? duration) => Checked("duration", () => duration?.ToTimeSpan() ?? TimeSpan.Zero);

    // Protobuf takes seconds and nanoseconds of any size, and refuses them when they are read.
    private static T Checked<T>(string field, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentOutOfRangeException or OverflowException)
        {
            throw new FieldException(field, $"A {field} is out of range: {error.Message}");
        }
    }
}

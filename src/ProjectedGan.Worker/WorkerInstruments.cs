using System.Diagnostics;
using System.Text.RegularExpressions;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Telemetry;
using ProjectedGan.Telemetry.Collectives;
using ProjectedGan.Telemetry.Training;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Worker;

/// <summary>A worker's metrics, in the words of the training.</summary>
internal sealed partial class WorkerInstruments(TrainingInstruments training, CollectiveInstruments collectives)
{
    private static readonly string[] PhaseNames = [.. Enum.GetNames<IterationPart>().Select(Label)];
    private static readonly string[] ReductionNames = [.. Enum.GetNames<ReductionPhase>().Select(Label)];
    private static readonly string[] RefusalNames = [.. Enum.GetNames<RefusalReason>().Select(Label)];

    public void Preparing() => training.Preparing();

    public void Joined(string experiment, long epoch, int replicas) => training.Joined(experiment, epoch, replicas);

    public void Left() => training.Left();

    public void Iterated(IterationTiming timing)
    {
        training.IterationFinished(timing.Images, timing.Duration, timing.Parts[(int)IterationPart.DataWait]);
        for (var part = 0; part < PhaseNames.Length; part++)
        {
            training.PhaseFinished(PhaseNames[part], timing.Parts[part]);
        }
    }

    /// <summary>Adds the seconds of an iteration's phases to its span. Phases overlap, so they have no spans of their own.</summary>
    public static void AddPhases(Activity span, IterationTiming timing)
    {
        for (var part = 0; part < PhaseNames.Length; part++)
        {
            span.SetTag($"{TelemetryAttributes.Phase}.{PhaseNames[part]}", timing.Parts[part].TotalSeconds);
        }
    }

    public void Report(TrainingReport report)
    {
        training.Loss(TrainingInstruments.Generator, report.GeneratorLoss);
        training.Loss(TrainingInstruments.Discriminator, report.GeneratedLoss + report.RealLoss);
        training.SignAccuracy(TrainingInstruments.RealImages, report.RealAccuracy);
        training.SignAccuracy(TrainingInstruments.GeneratedImages, report.GeneratedAccuracy);
        training.GradientNorm(TrainingInstruments.Generator, report.GeneratorGradientNorm);
        training.GradientNorm(TrainingInstruments.Discriminator, report.DiscriminatorGradientNorm);
        // The process' own memory, whatever the device: a worker that grows is killed for that.
        training.DeviceMemory("cpu", TorchRuntime.ResidentBytes(), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    public void NonFinite(NonFiniteGradient gradient) => training.NonFiniteElements(
        gradient.Phase == TrainingPhase.Generator ? TrainingInstruments.Generator : TrainingInstruments.Discriminator, gradient.Counts.Total);

    public void Sent(long bytes) => collectives.BytesSent(bytes);

    public void Received(long bytes) => collectives.BytesReceived(bytes);

    public void Reduced(ReductionKey key, TimeSpan duration, TimeSpan exposedWait) =>
        collectives.Reduced(ReductionNames[(int)key.Phase], duration, exposedWait);

    public void Refused(RefusalReason reason) => collectives.Refused(RefusalNames[(int)reason]);

    public void Suspected(string kind) => collectives.Suspected(Label(kind));

    public void StateSent(long bytes, TimeSpan duration) => collectives.StateSent(bytes, duration);

    public void StateReceived(long bytes, TimeSpan duration) => collectives.StateReceived(bytes, duration);

    // Attribute values are snake_case.
    private static string Label(string name) => WordStart().Replace(name, "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}

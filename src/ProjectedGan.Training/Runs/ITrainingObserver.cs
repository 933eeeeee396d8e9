using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Iteration;

namespace ProjectedGan.Training.Runs;

/// <summary>
/// Hears what happens in a run. Calls come from the training thread between iterations (checkpoint news from the writing thread), so
/// that whatever takes long belongs elsewhere. Nothing that an observer does with a snapshot can change the training.
/// </summary>
public interface ITrainingObserver
{
    /// <summary>An iteration is committed.</summary>
    void Iterated(IterationTiming timing)
    {
    }

    /// <summary>A replica's real images for an iteration, which may still be undone; on any of the training's threads.</summary>
    /// <param name="iteration">From 0.</param>
    /// <param name="replica">Whose batch.</param>
    /// <param name="images">Indices into the data set, mirrored copies included.</param>
    void ImagesTaken(long iteration, int replica, IReadOnlyList<int> images)
    {
    }

    /// <summary>Every <c>schedule.reportImages</c>, and at the end.</summary>
    void Report(TrainingReport report)
    {
    }

    /// <summary>Every <c>schedule.snapshotImages</c>, at the start and at the end, after <see cref="Evaluate"/> where both are due. The observer disposes the snapshot.</summary>
    void Snapshot(GeneratorSnapshot snapshot) => snapshot.Dispose();

    /// <summary>Every <c>schedule.evaluationImages</c>, at the start and at the end. The observer disposes the snapshot.</summary>
    void Evaluate(GeneratorSnapshot snapshot) => snapshot.Dispose();

    /// <summary>A gradient had NaN or infinite elements.</summary>
    void NonFinite(NonFiniteGradient gradient)
    {
    }

    /// <summary>A checkpoint is on the disk.</summary>
    void CheckpointWritten(string folder)
    {
    }

    /// <summary>A checkpoint could not be written; training goes on and older ones are whole.</summary>
    void CheckpointFailed(string message)
    {
    }

    /// <summary>The run continues from a checkpoint.</summary>
    void Resumed(Checkpoint checkpoint)
    {
    }

    /// <summary>Something is degraded but correct, such as a damaged checkpoint that was passed over.</summary>
    void Warning(string message)
    {
    }
}

/// <summary>Where the time of one iteration went.</summary>
/// <param name="Iteration">Completed iterations, this one included.</param>
/// <param name="Duration">By the clock.</param>
/// <param name="Images">Real images that this worker's replicas saw.</param>
/// <param name="Parts">Times in the order of <see cref="IterationPart"/>; lanes that run side by side add up.</param>
public sealed record IterationTiming(long Iteration, TimeSpan Duration, int Images, IReadOnlyList<TimeSpan> Parts);

/// <summary>Means over the iterations since the last report, over all replicas.</summary>
public sealed record TrainingReport
{
    /// <summary>Completed iterations of the run.</summary>
    public required long Iteration { get; init; }

    /// <summary>Real images shown in the run.</summary>
    public required long ImagesSeen { get; init; }

    /// <summary>Images at which the run ends.</summary>
    public required long TotalImages { get; init; }

    /// <summary>Time spent training, over all sessions of the run.</summary>
    public required TimeSpan TrainingTime { get; init; }

    /// <summary>Real images a second since the last report.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>mean(−D(G(z))); non-saturating: mean(softplus(−D(G(z)))); relativistic: mean(softplus(D(x) − D(G(z)))).</summary>
    public required double GeneratorLoss { get; init; }

    /// <summary>mean(max(0, 1 + D(G(z)))); non-saturating: mean(softplus(D(G(z)))); relativistic: half of mean(softplus(D(G(z)) − D(x))), and the penalty R2 with its weight.</summary>
    public required double GeneratedLoss { get; init; }

    /// <summary>mean(max(0, 1 − D(x))), or mean(softplus(−D(x))) and the penalty R1 with its weight; relativistic: the other half, and R1. FastGAN's
    /// discriminator adds what its decoders miss.</summary>
    public required double RealLoss { get; init; }

    /// <summary>Share of logits below 0 on generated images; relativistic: of pairs in which the generated image's is the lower.</summary>
    public required double GeneratedAccuracy { get; init; }

    /// <summary>Share of logits above 0 on real images; relativistic: as <see cref="GeneratedAccuracy"/>.</summary>
    public required double RealAccuracy { get; init; }

    /// <summary>The probability of the adaptive augmentation's transforms from here on; null where augmentation is not adaptive.</summary>
    public double? AugmentationProbability { get; init; }

    /// <summary>Euclidean norm of the averaged gradient in the last iteration.</summary>
    public required double GeneratorGradientNorm { get; init; }

    public required double DiscriminatorGradientNorm { get; init; }

    /// <summary>Gradient elements that were not finite, over the whole run.</summary>
    public required long NonFiniteElements { get; init; }

    /// <summary>Of these, those since the last report, or since the run was resumed or another member's state taken.</summary>
    public required long NewNonFiniteElements { get; init; }

    /// <summary>Mean time of each part of an iteration since the last report.</summary>
    public required IReadOnlyDictionary<IterationPart, TimeSpan> Timings { get; init; }
}

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

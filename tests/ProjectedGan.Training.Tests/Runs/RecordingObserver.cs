using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

/// <summary>Keeps what it hears.</summary>
internal sealed class RecordingObserver : ITrainingObserver
{
    public List<TrainingReport> Reports { get; } = [];

    public List<(long Iteration, string Kind)> Shown { get; } = [];

    public List<NonFiniteGradient> NonFiniteGradients { get; } = [];

    public List<string> Written { get; } = [];

    public List<string> Failed { get; } = [];

    public List<string> Warnings { get; } = [];

    public Checkpoint? ResumedFrom { get; private set; }

    public Action<GeneratorSnapshot>? OnEvaluate { get; init; }

    public Action<TrainingReport>? OnReport { get; init; }

    public void Report(TrainingReport report)
    {
        Reports.Add(report);
        OnReport?.Invoke(report);
    }

    public void Snapshot(GeneratorSnapshot snapshot)
    {
        Shown.Add((snapshot.Iteration, "snapshot"));
        snapshot.Dispose();
    }

    public void Evaluate(GeneratorSnapshot snapshot)
    {
        Shown.Add((snapshot.Iteration, "evaluate"));
        OnEvaluate?.Invoke(snapshot);
        snapshot.Dispose();
    }

    public void NonFinite(NonFiniteGradient gradient) => NonFiniteGradients.Add(gradient);

    public void CheckpointWritten(string folder) => Written.Add(Path.GetFileName(folder));

    public void CheckpointFailed(string message) => Failed.Add(message);

    public void Resumed(Checkpoint checkpoint) => ResumedFrom = checkpoint;

    public void Warning(string message) => Warnings.Add(message);
}

using Microsoft.Extensions.Logging;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Cli.Runs;

/// <summary>Turns what a trainer tells into the log, the progress view, grids and measurements.</summary>
internal sealed class RunObserver(TrainingSession session, ProgressView view, SnapshotWorker worker, ILogger logger, CancellationToken cancellation)
    : ITrainingObserver
{
    private const int GridColumns = 8;
    private const int GridSamples = 48;
    private (string Metric, double Value, long ImagesSeen)? _distance;
    private bool _toldOfNonFinite;

    public void Report(TrainingReport report)
    {
        var discriminatorLoss = report.GeneratedLoss + report.RealLoss;
        RunLog.Progress(
            logger, report.ImagesSeen, report.ImagesPerSecond, report.GeneratorLoss, discriminatorLoss, report.RealAccuracy, report.GeneratedAccuracy,
            report.GeneratorGradientNorm, report.DiscriminatorGradientNorm);
        session.Events?.Figures(report.ImagesSeen, TrainingFigures.Of(report));
        if (report.AugmentationProbability is { } probability)
        {
            RunLog.Augments(logger, probability);
        }

        if (report.NewNonFiniteElements > 0)
        {
            // Where the device is not asked in each iteration, this is the first that is known of them.
            TellOfNonFinite($"Up to iteration {report.Iteration}, {report.NewNonFiniteElements:N0} elements of gradients were NaN or infinite.");
        }

        (var done, var left) = session.Progress(report);
        view.Report(new TrainingStatus
        {
            Run = session.Folder.Name,
            ImagesSeen = report.ImagesSeen,
            ImagesPerSecond = report.ImagesPerSecond,
            GeneratorLoss = report.GeneratorLoss,
            DiscriminatorLoss = discriminatorLoss,
            RealSignAccuracy = report.RealAccuracy,
            FakeSignAccuracy = report.GeneratedAccuracy,
            Distance = _distance,
            IsMeasured = session.IsMeasured,
            Left = left,
            Done = done,
        });
    }

    public void Snapshot(GeneratorSnapshot snapshot) => worker.Add("grid", snapshot, WriteGrid);

    public void Evaluate(GeneratorSnapshot snapshot)
    {
        if (session.Evaluation is null)
        {
            snapshot.Dispose();
            return;
        }

        // A newer one takes the place of one of its kind that waits.
        var kind = session.MeasuresEverySnapshot ? $"distance at {snapshot.ImagesSeen}" : "distance";
        worker.Add(kind, snapshot, Measure);
    }

    /// <summary>Measures a snapshot, where the run is measured, and warns of a collapse that begins.</summary>
    public void Measure(GeneratorSnapshot snapshot)
    {
        if (session.Evaluation is not { } evaluation)
        {
            return;
        }

        (var distance, var collapse) = evaluation.Measure(snapshot, cancellation);
        _distance = (evaluation.Metric, distance, snapshot.ImagesSeen);
        session.Events?.Figures(snapshot.ImagesSeen, (TrainingFigures.OfMetric(evaluation.Metric), distance));
        if (collapse is not null)
        {
            Warning($"warning: after {snapshot.ImagesSeen} images: {collapse}");
        }
    }

    public void NonFinite(NonFiniteGradient gradient)
    {
        RunLog.NonFinite(logger, gradient.ToString());
        TellOfNonFinite(gradient.ToString());
    }

    public void CheckpointWritten(string folder) => RunLog.CheckpointWritten(logger, Path.GetFileName(folder));

    public void CheckpointFailed(string message)
    {
        RunLog.CheckpointFailed(logger, message);
        Console.Error.WriteLine($"pgan: {message}");
    }

    public void Resumed(Checkpoint checkpoint) => RunLog.Resumed(logger, checkpoint.Manifest.ImagesSeen, Path.GetFileName(checkpoint.Folder));

    public void Warning(string message)
    {
        RunLog.Degraded(logger, message);
        Console.Error.WriteLine($"pgan: {message}");
    }

    // The first says that something is wrong; a run that diverges has thousands.
    private void TellOfNonFinite(string message)
    {
        if (!_toldOfNonFinite)
        {
            _toldOfNonFinite = true;
            Console.Error.WriteLine($"pgan: warning: {message} nonFinite is {session.NonFinite.ToString().ToLowerInvariant()}; later ones are in log.jsonl alone.");
        }
    }

    /// <summary>Writes the grid of the run's fixed latents among those of other snapshots.</summary>
    public void WriteGrid(GeneratorSnapshot snapshot)
    {
        var grid = WriteGrid(snapshot, session.Folder.Grid(snapshot.ImagesSeen));
        session.Events?.Sheet(snapshot.ImagesSeen, TrainingFigures.Samples, grid);
    }

    /// <summary>Writes the grid of the run's fixed latents to a file, and gives it.</summary>
    public ImageBuffer WriteGrid(GeneratorSnapshot snapshot, string path)
    {
        using var generator = snapshot.CreateGenerator();
        return SampleFiles.WriteGrid(new GeneratedImages(generator, GridSamples, seed: 0, session.Dataset), GridColumns, path, cancellation);
    }
}

/// <summary>What is reported of training under the names of an <see cref="EventFile"/>, whichever way the report came.</summary>
internal static class TrainingFigures
{
    private static readonly string[] Names =
    [
        "loss/generator", "loss/discriminator_generated", "loss/discriminator_real", "sign_accuracy/generated", "sign_accuracy/real",
        "gradient_norm/generator", "gradient_norm/discriminator", "speed/images_per_second",
    ];

    /// <summary>The name of the grids of a run's fixed latents.</summary>
    public const string Samples = "samples";

    /// <summary>Of the trainer in this process.</summary>
    public static IEnumerable<(string Name, double Value)> Of(TrainingReport report) => Names.Zip(
    [
        report.GeneratorLoss, report.GeneratedLoss, report.RealLoss, report.GeneratedAccuracy, report.RealAccuracy,
        report.GeneratorGradientNorm, report.DiscriminatorGradientNorm, report.ImagesPerSecond,
    ]).Concat(report.AugmentationProbability is { } probability ? [("augmentation/probability", probability)] : []);

    /// <summary>Of a cluster's experiment.</summary>
    public static IEnumerable<(string Name, double Value)> Of(Progress progress) => Names.Zip(
    [
        progress.GeneratorLoss, progress.DiscriminatorLossGenerated, progress.DiscriminatorLossReal,
        progress.AccuracyGenerated, progress.AccuracyReal,
        progress.GeneratorGradientNorm, progress.DiscriminatorGradientNorm, progress.ImagesPerSecond,
    ]);

    /// <summary>A metric's name among the figures.</summary>
    public static string OfMetric(string metric) => $"metrics/{metric}";
}

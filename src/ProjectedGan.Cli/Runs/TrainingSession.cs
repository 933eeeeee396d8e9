using Microsoft.Extensions.Logging;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Images;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Runs;
using Spectre.Console;

namespace ProjectedGan.Cli.Runs;

/// <summary>One sitting of a run: starts it or resumes it, trains until the end, the budget or a stop, and leaves its files.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly TrainingSpec _spec;
    private readonly TrainingBudget _budget;
    private readonly FileStream _lock;
    private readonly ILoggerFactory _logging;
    private readonly ILogger _logger;
    private readonly ImageDataset _images;
    private readonly CancellationTokenSource _budgetUsed = new();
    private readonly bool _isNew;
    private bool _started;

    /// <param name="folder">The run's folder; made here, and gone again where the run cannot start.</param>
    /// <param name="spec">What to train.</param>
    /// <param name="options">What to do besides training.</param>
    /// <exception cref="UsageException">Another process runs in the folder, or the folder is of another spec.</exception>
    public TrainingSession(RunFolder folder, TrainingSpec spec, SessionOptions options)
    {
        TrainingSpecValidator.ThrowIfInvalid(spec);
        Folder = folder;
        _spec = spec;
        _budget = options.Budget;
        _isNew = !Directory.Exists(folder.Path);
        _lock = folder.Claim(spec);
        _logging = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddProvider(new JsonLinesLoggerProvider(folder.Log, TimeProvider.System)));
        _logger = _logging.CreateLogger("ProjectedGan.Run");
        try
        {
            _images = ImageDataset.Open(spec.Data.Path);
            Dataset = spec.Data.Mirror ? new MirroredDataset(_images) : _images;
            var samples = options.EvaluationSamples ?? spec.Evaluation.Samples;
            // A random network's features measure nothing.
            var canMeasure = spec.Evaluation.Network.Length > 0 || spec.Features.Weights != FeatureSpec.RandomWeights;
            Evaluation = samples > 0 && canMeasure ? OpenEvaluation(samples) : null;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public RunFolder Folder { get; }

    /// <summary>All images, mirrored copies included: what metrics compare with. Training may see a part of them.</summary>
    public IImageDataset Dataset { get; }

    public RunEvaluation? Evaluation { get; }

    /// <summary>Told of what is worth a look; null until training begins.</summary>
    public EventFile? Events { get; private set; }

    /// <summary>Whether distances are measured on the way.</summary>
    public bool IsMeasured => Evaluation is not null && _spec.Schedule.EvaluationImages > 0;

    /// <summary>Whether none of them is passed over because a newer one came.</summary>
    public bool MeasuresEverySnapshot => _spec.Evaluation.EverySnapshot;

    /// <summary>What happens to gradients that are not finite.</summary>
    public NonFinitePolicy NonFinite => _spec.NonFinite;

    /// <summary>Trains. Returns why it ended.</summary>
    /// <param name="stop">Ends training at the next iteration's boundary, with a checkpoint.</param>
    public SessionEnd Run(CancellationToken stop)
    {
        // As the benchmark does: otherwise glibc gives large buffers back to the kernel and every iteration pays for page faults.
        TorchRuntime.TuneAllocator();
        TorchRuntime.ForgetPeakResidentBytes();
        using SnapshotWorker worker = new(_logger);
        ProgressView view = new(AnsiConsole.Console, TimeProvider.System);
        RunObserver observer = new(this, view, worker, _logger, stop);
        using var trainer = Trainer.Create(_spec, _images, new TrainerOptions { CheckpointFolder = Folder.Checkpoints, Observer = observer });
        if (Folder.Downloaded() is { } downloaded && downloaded.Manifest.Iteration > trainer.Iteration)
        {
            trainer.Load(downloaded);
        }

        // What is wrong with spec, data or weights has been said by now: until here nothing is written, and a corrected spec is no other one than
        // the folder's.
        _started = true;
        TrainingSpecFile.Save(_spec, Folder.Spec);
        RealGrid.Write(_images, Folder.RealGrid);
        RunLog.Starts(_logger, Folder.Name, SpecHash.Compute(_spec), _spec.Execution.Device.ToString());
        foreach (var advice in (string[])[.. SpecAdvice.Of(_spec, _images.Count).Select(advice => advice.Message), .. _images.LeftOut.Sentences()])
        {
            observer.Warning($"warning: {advice}");
        }

        FdCsv.Resume(Folder.FrechetCsv, trainer.ImagesSeen);
        MetricsCsv.Resume(Folder.MetricsCsv, trainer.ImagesSeen);
        // At a checkpoint's own step all has been said, but before the first iteration nothing.
        Events = EventFile.Create(Folder, trainer.ImagesSeen == 0 ? 0 : trainer.ImagesSeen + 1, TimeProvider.System, observer.Warning);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop, _budgetUsed.Token);
        view.Show(() => trainer.RunAsync(ends.Token).GetAwaiter().GetResult());
        var end = stop.IsCancellationRequested ? SessionEnd.Interrupted : trainer.IsComplete ? SessionEnd.Complete : SessionEnd.BudgetUsed;
        var hash = trainer.StateHash();
        RunLog.Stopped(_logger, trainer.ImagesSeen, end.ToString(), hash);
        worker.Finish();
        RunLog.Memory(_logger, TorchRuntime.PeakResidentBytes());
        view.Finish();
        Finish(trainer, observer, end, stop);
        Console.WriteLine($"weights {hash} after {trainer.ImagesSeen:N0} images");
        return end;
    }

    /// <summary>How much of the run is done, and how long the rest takes.</summary>
    public (double Done, TimeSpan Left) Progress(TrainingReport report)
    {
        var byImages = report.ImagesSeen / (double)report.TotalImages;
        var left = TimeSpan.FromSeconds((report.TotalImages - report.ImagesSeen) / Math.Max(report.ImagesPerSecond, 1e-6));
        if (_budget.TrainingTime is not { } limit)
        {
            return (byImages, left);
        }

        if (report.TrainingTime >= limit)
        {
            _budgetUsed.Cancel();
        }

        var rest = limit > report.TrainingTime ? limit - report.TrainingTime : TimeSpan.Zero;
        return (Math.Max(byImages, report.TrainingTime / limit), rest < left ? rest : left);
    }

    public void Dispose()
    {
        Events?.Dispose();
        Evaluation?.Dispose();
        _images?.Dispose();
        _logging.Dispose();
        _lock.Dispose();
        _budgetUsed.Dispose();
        if (_isNew && !_started)
        {
            Directory.Delete(Folder.Path, recursive: true);
        }
    }

    private RunEvaluation OpenEvaluation(int samples)
    {
        var isOwn = _spec.Evaluation.Network.Length > 0;
        var network = isOwn ? _spec.Evaluation.Network : SpecSchema.Find("features.network")!.Text(_spec);
        var weights = isOwn
            ? NetworkWeights.Store().Require("evaluation.weights", _spec.Evaluation.Weights)
            : NetworkWeights.Store().Require("features.weights", _spec.Features.Weights);
        var (metrics, problems) = MetricKinds.Parse(_spec.Evaluation.Metrics);
        if (problems.Count > 0)
        {
            throw new UsageException(string.Join('\n', problems.Select(problem => $"evaluation.metrics {problem}")));
        }

        EvaluationOptions options = new()
        {
            Metrics = [MetricKind.FrechetDistance, .. metrics.Where(metric => metric != MetricKind.FrechetDistance)],
            Samples = samples,
            Resamples = _spec.Evaluation.Resamples,
            BatchSize = 32,
            DecodingThreads = 1,
        };
        options.Validate();
        return new RunEvaluation(Folder, Dataset, OpenedMetricNetwork.FromFile(network, weights, TorchSharp.torch.CPU), options, _logger);
    }

    private void Finish(Trainer trainer, RunObserver observer, SessionEnd end, CancellationToken stop)
    {
        using var snapshot = trainer.TakeSnapshot();
        if (end == SessionEnd.Interrupted)
        {
            return;
        }

        observer.WriteGrid(snapshot, Folder.FinalGrid);
        if (end == SessionEnd.BudgetUsed)
        {
            // The schedule's last evaluation lies before the clock's end.
            observer.WriteGrid(snapshot);
            observer.Measure(snapshot);
        }

        Evaluation?.DrawNeighbours(snapshot, stop);
        using var generator = snapshot.CreateGenerator();
        LatentWalk walk = new() { Labels = Dataset };
        AnimationFile.Write(Folder.Interpolation, walk.Frames(generator, stop), walk.FramesPerSecond, stop);
    }
}

/// <summary>Why a session ended.</summary>
internal enum SessionEnd
{
    /// <summary>All images of the spec were shown.</summary>
    Complete,

    /// <summary>The clock ran out.</summary>
    BudgetUsed,

    /// <summary>Ctrl-C or a termination signal.</summary>
    Interrupted,
}

/// <summary>What a session does besides training; none of it can change the weights.</summary>
internal sealed record SessionOptions
{
    public TrainingBudget Budget { get; init; } = TrainingBudget.Unlimited;

    /// <summary>Generated images a Fréchet distance is measured on; 0 measures none, null takes the spec's <c>evaluation.samples</c>.</summary>
    public int? EvaluationSamples { get; init; }
}

/// <summary>Real images in the layout of the sample grids, to compare with.</summary>
internal static class RealGrid
{
    private const int Images = 48;
    private const int Columns = 8;

    /// <summary>Writes the grid as PNG, unless it is there.</summary>
    public static void Write(IImageDataset dataset, string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        var planar = new byte[dataset.Channels * dataset.Resolution * dataset.Resolution];
        List<ImageBuffer> images = [];
        for (var i = 0; i < Math.Min(Images, dataset.Count); i++)
        {
            // Spread over the dataset, whose neighbours are often alike.
            dataset.Read((int)((long)i * dataset.Count / Images), planar);
            images.Add(PlanarPixels.ToImage(planar, dataset.Channels, dataset.Resolution, dataset.Resolution));
        }

        SampleFiles.WritePng(SampleGrid.Compose(images, Columns), path);
    }
}

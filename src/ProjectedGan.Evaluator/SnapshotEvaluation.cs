using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Runs;
using ProjectedGan.Networks;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Telemetry.Evaluation;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluator;

/// <summary>Measures one snapshot and draws its images: grid, latent walk and nearest training images. One task at a time.</summary>
/// <param name="artifacts">Fetches snapshots, data sets and weights; brings images.</param>
/// <param name="cache">What was fetched.</param>
/// <param name="statistics">Features of real images, so that each data set is passed through a network once.</param>
/// <param name="device">Where to compute.</param>
/// <param name="threads">CPU threads to compute with.</param>
/// <param name="instruments">This evaluator's metrics.</param>
internal sealed class SnapshotEvaluation(
    ArtifactClient artifacts, ArtifactStore cache, RealStatisticsCache statistics, Device device, int threads, EvaluationInstruments instruments) : IDisposable
{
    // Snapshots of one experiment come minutes apart; a network of an experiment that is over is not worth its memory.
    private static readonly TimeSpan KeepNetwork = TimeSpan.FromMinutes(10);
    private const int GridColumns = 8;
    private const int GridSamples = 48;
    private const int BatchSize = 32;

    // The sheet of nearest training images needs all single features of real images in memory: 131,072 images of 2,048.
    private const long MostFeatureBytes = 1L << 30;

    // The data set of the last task, which is mostly the next one's too: its hash reads every image once.
    private (string Path, ImageDataset Images)? _dataset;

    private readonly KeptOpen<(string Network, string Weights, ImageResizing Resizing), OpenedMetricNetwork> _network = new(
        key => OpenedMetricNetwork.FromFile(key.Network, key.Weights, device, key.Resizing),
        KeepNetwork, TimeProvider.System, TorchRuntime.GiveMemoryBack);

    public async Task<EvaluationResult> RunAsync(EvaluationTask task, IProgress<double> progress, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        try
        {
            var spec = await RunFiles.LocateAsync(task.Run, artifacts, cache, cancellation);
            var snapshot = await artifacts.FetchAsync(task.Snapshot, cache, null, cancellation);
            Drawn drawn = new(cache.Folder, $"{task.Run.Id}-{task.Images}");
            try
            {
                // Tensor work is synchronous; it has a thread of its own.
                var metrics = await Task.Factory.StartNew(
                    () => Measure(spec, snapshot, drawn, task.Measure, progress, cancellation),
                    cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                EvaluationResult result = new()
                {
                    Task = task.Id,
                    Grid = await SendAsync(drawn.Grid, $"samples-{task.Images:D10}.png", cancellation),
                    Walk = await SendAsync(drawn.Walk, $"walk-{task.Images:D10}.png", cancellation),
                    Neighbours = await SendAsync(drawn.Neighbours, $"neighbours-{task.Images:D10}.png", cancellation),
                };
                result.Metrics.Add(metrics);
                instruments.SnapshotEvaluated(TimeProvider.System.GetElapsedTime(start));
                return result;
            }
            finally
            {
                File.Delete(drawn.Grid);
                File.Delete(drawn.Walk);
                File.Delete(drawn.Neighbours);
                File.Delete(snapshot);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            instruments.SnapshotFailed(error);
            throw;
        }
    }

    public void Dispose()
    {
        _network.Dispose();
        _dataset?.Images.Dispose();
    }

    // What was not drawn is not there.
    private async Task<Artifact?> SendAsync(string path, string name, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        var sent = await artifacts.SendAsync(path, null, cancellation);
        sent.Name = name;
        return sent;
    }

    private ImageDataset Open(string path)
    {
        if (_dataset?.Path != path)
        {
            _dataset?.Images.Dispose();
            _dataset = null;
            // Its images are passed through a network once, and their features kept: decoded ones would lie there for nothing.
            _dataset = (path, ImageDataset.Open(path, new DatasetOptions { CacheBytes = 0 }));
        }
        return _dataset.Value.Images;
    }

    private List<Protocol.V1.MetricValue> Measure(
        TrainingSpec spec, string snapshot, Drawn drawn, bool measure, IProgress<double> progress, CancellationToken cancellation)
    {
        TorchRuntime.SetThreads(threads);
        var images = Open(spec.Data.Path);
        IImageDataset dataset = spec.Data.Mirror ? new MirroredDataset(images) : images;
        using var generator = new NetworkFactory(spec with { Execution = new() }).CreateEmptyGenerator();
        StateDict.Load(generator, snapshot);
        generator.to(device);
        generator.eval();
        SampleFiles.WriteGrid(new GeneratedImages(generator, GridSamples, seed: 0, dataset), GridColumns, drawn.Grid, cancellation);
        if (!measure)
        {
            return [];
        }
        WalkSheet.Write(generator, spec.Data.Resolution, dataset, drawn.Walk, cancellation);
        return Measure(spec, generator, dataset, drawn.Neighbours, progress, cancellation);
    }

    private List<Protocol.V1.MetricValue> Measure(
        TrainingSpec spec, GeneratorNetwork generator, IImageDataset dataset, string neighbours, IProgress<double> progress,
        CancellationToken cancellation)
    {
        var isOwn = spec.Evaluation.Network.Length == 0;
        var weights = isOwn ? spec.Features.Weights : spec.Evaluation.Weights;
        if (weights == FeatureSpec.RandomWeights)
        {
            // Distances between features of an untrained network mean nothing.
            return [];
        }
        var network = isOwn ? SpecSchema.Find("features.network")!.Text(spec) : spec.Evaluation.Network;
        EvaluationOptions options = new()
        {
            Metrics = MetricKinds.Parse(spec.Evaluation.Metrics).Kinds,
            Samples = spec.Evaluation.Samples,
            Resamples = spec.Evaluation.Resamples,
            BatchSize = BatchSize,
            DecodingThreads = 1,
        };
        return _network.Use((network, weights, spec.Evaluation.Resize), opened =>
        {
            MetricsRunner runner = new(opened.Network, statistics);
            if (dataset.Count * (long)opened.Network.Features.FeatureCount * sizeof(float) <= MostFeatureBytes)
            {
                // First: it makes the single features of real images, where the figures may need no more than their mean and covariance.
                NeighbourSheet.Write(runner, generator, dataset, options, neighbours, cancellation);
            }
            return runner.Evaluate(generator, dataset, options, new Share(progress), cancellation).Values.Select(ToMessage).ToList();
        });
    }

    private static Protocol.V1.MetricValue ToMessage(Evaluation.MetricValue value)
    {
        Protocol.V1.MetricValue message = new() { Metric = value.Name, Value = value.Value, Samples = value.Generated };
        if (value.StandardDeviation is { } deviation)
        {
            message.StandardDeviation = deviation;
        }
        return message;
    }

    // The generated images are nearly all of the work; the real ones' features are cached.
    private sealed class Share(IProgress<double> progress) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value)
        {
            if (value.Stage == EvaluationStage.GeneratedFeatures)
            {
                progress.Report(value.Done / (double)value.Total);
            }
        }
    }

    // Where images are until they are sent.
    private readonly record struct Drawn(string Folder, string Name)
    {
        public string Grid => In("grid");

        public string Walk => In("walk");

        public string Neighbours => In("neighbours");

        private string In(string kind) => Path.Combine(Folder, $"{kind}-{Name}.png");
    }
}

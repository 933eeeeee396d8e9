using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Generation;
using ProjectedGan.Cli.Plots;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Checkpoints;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Demo;

/// <summary>What the demo makes of the last checkpoint when the cluster has stopped: grid, animation and a last distance.</summary>
internal static class FinishedRun
{
    private const int GridSamples = 48;
    private const int GridColumns = 8;
    private const int BatchSize = 32;

    public static void Write(RunFolder folder, TrainingSpec spec, EventFile events, CancellationToken cancellation)
    {
        TorchRuntime.SetThreads(Environment.ProcessorCount);
        using var trained = TrainedGenerator.Open(folder.Path, CPU);
        var manifest = new CheckpointStore(folder.Checkpoints, int.MaxValue).Newest(_ => { })!.Manifest;
        using var images = ImageDataset.Open(spec.Data.Path);
        IImageDataset dataset = spec.Data.Mirror ? new MirroredDataset(images) : images;
        GeneratedImages samples = new(trained.Network, GridSamples, seed: 0, dataset);
        events.Sheet(manifest.ImagesSeen, TrainingFigures.Samples, SampleFiles.WriteGrid(samples, GridColumns, folder.FinalGrid, cancellation));
        File.Copy(folder.FinalGrid, folder.Grid(manifest.ImagesSeen), overwrite: true);
        LatentWalk walk = new();
        AnimationFile.Write(folder.Interpolation, walk.Frames(trained.Network, cancellation), walk.FramesPerSecond, cancellation);

        var network = SpecSchema.Find("features.network")!.Text(spec);
        using var opened = OpenedMetricNetwork.FromFile(network, spec.Features.Weights, CPU);
        MetricsRunner runner = new(opened.Network, new RealStatisticsCache(PganHome.Statistics, NullLogger.Instance));
        EvaluationOptions options = new() { Samples = spec.Evaluation.Samples, BatchSize = BatchSize };
        var distance = runner.Evaluate(trained.Network, dataset, options, null, cancellation).Values[0].Value;
        DistanceCurve.Add(folder, spec, [new FdRow(manifest.ImagesSeen, Math.Round(manifest.TrainingSeconds, 1), network, distance)]);
        events.Figures(manifest.ImagesSeen, (TrainingFigures.OfMetric(MetricName.Frechet(network)), distance));
    }
}

/// <summary>The curve of a run's Fréchet distances: fd.csv and its plot.</summary>
internal static class DistanceCurve
{
    /// <summary>Adds the measurements that are new, and draws the curve again.</summary>
    public static void Add(RunFolder folder, TrainingSpec spec, IEnumerable<FdRow> rows)
    {
        var known = File.Exists(folder.FrechetCsv) ? FdCsv.Read(folder.FrechetCsv) : [];
        List<FdRow> all = [.. known.Concat(rows).DistinctBy(row => row.Images).OrderBy(row => row.Images)];
        if (all.Count == known.Count)
        {
            return;
        }

        FdCsv.Write(folder.FrechetCsv, all);
        if (all.Count > 1)
        {
            using var dataset = ImageDataset.Open(spec.Data.Path);
            var real = spec.Data.Mirror ? 2 * dataset.Count : dataset.Count;
            ChartFile.Write(FrechetChart.Of(all, folder.Name, $"{spec.Evaluation.Samples:N0} generated against {real:N0} real images"), folder.FrechetPlot);
        }
    }
}

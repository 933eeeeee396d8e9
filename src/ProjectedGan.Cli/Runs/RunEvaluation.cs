using Microsoft.Extensions.Logging;
using ProjectedGan.Cli.Plots;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Evaluations;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Cli.Runs;

/// <summary>
/// Measures snapshots of a run: the Fréchet distance into fd.csv and its plot, all figures into metrics.csv. Used by one thread.
/// </summary>
internal sealed class RunEvaluation : IDisposable
{
    private readonly RunFolder _folder;
    private readonly IImageDataset _dataset;
    private readonly OpenedMetricNetwork _opened;
    private readonly MetricsRunner _runner;
    private readonly EvaluationOptions _options;
    private readonly ILogger _logger;
    private bool _keptFeatures;

    public RunEvaluation(RunFolder folder, IImageDataset dataset, OpenedMetricNetwork opened, EvaluationOptions options, ILogger logger)
    {
        _folder = folder;
        _dataset = dataset;
        _opened = opened;
        _runner = new MetricsRunner(opened.Network, new RealStatisticsCache(PganHome.Statistics, logger));
        _options = options;
        _logger = logger;
    }

    /// <summary>The metric's name, for example <c>fd_mobilenet_v2</c>.</summary>
    public string Metric => MetricName.Frechet(_opened.Network.Features.Name);

    /// <summary>Measures a snapshot and writes it down.</summary>
    /// <returns>The Fréchet distance, and what was lost of recall where a collapse begins with this measurement.</returns>
    public (double Distance, RecallLoss? Collapse) Measure(GeneratorSnapshot snapshot, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var generator = snapshot.CreateGenerator();
        // Once, so that the last sheet needs no second pass over the images; to read them at each measurement would only cost memory.
        var values =
            _runner.Evaluate(generator, _dataset, _options with { KeepRealFeatures = !_keptFeatures }, null, cancellation).Values;
        _keptFeatures = true;
        var before = File.Exists(_folder.MetricsCsv) ? MetricsCsv.Read(_folder.MetricsCsv) : [];
        MetricRow[] added =
            [.. values.Select(value => new MetricRow(snapshot.ImagesSeen, value.Name, value.Value, value.StandardDeviation, value.Generated))];
        MetricsCsv.Append(_folder.MetricsCsv, added);
        var distance = values[0].Value;
        FdCsv.Append(_folder.FrechetCsv, new FdRow(snapshot.ImagesSeen, Math.Round(snapshot.TrainingTime.TotalSeconds, 1), _opened.Network.Features.Name, distance));
        Plot();
        RunLog.Measured(_logger, Metric, distance, snapshot.ImagesSeen, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        // Said once: until it is over, the next measurements would only repeat it.
        return (distance, Loss(before) is not { IsCollapse: true } && Loss(before.Concat(added)) is { IsCollapse: true } loss ? loss : null);
    }

    /// <summary>Draws the snapshot's samples beside the training images nearest to them.</summary>
    public void DrawNeighbours(GeneratorSnapshot snapshot, CancellationToken cancellation)
    {
        using var generator = snapshot.CreateGenerator();
        NeighbourSheet.Write(_runner, generator, _dataset, _options, _folder.Neighbours, cancellation);
    }

    public void Dispose() => _opened.Dispose();

    private static RecallLoss? Loss(IEnumerable<MetricRow> rows) => RecallLoss.Of(rows.GroupBy(row => row.Images).OrderBy(same => same.Key)
        .Select(same => (IReadOnlyList<MetricRecord>)[.. same.Select(Record)]));

    private static MetricRecord Record(MetricRow row) =>
        new() { Metric = row.Metric, Value = row.Value, Samples = row.Generated, StandardDeviation = row.StandardDeviation };

    private void Plot()
    {
        var rows = FdCsv.Read(_folder.FrechetCsv);
        if (rows.Count > 1)
        {
            ChartFile.Write(FrechetChart.Of(rows, _folder.Name, $"{_options.Samples:N0} generated against {_dataset.Count:N0} real images"), _folder.FrechetPlot);
        }
    }
}

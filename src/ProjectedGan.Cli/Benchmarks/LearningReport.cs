using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Plots;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Specification.Metrics;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>Measures runs with the same eyes, and writes what came of it: learning.csv, a table, a plot a network, a grid a run.</summary>
internal sealed class LearningReport(LearningPlan plan, IReadOnlyList<LearningRun> runs)
{
    private const string Header = "side,seed,images,network,samples,distance";
    private const int EarlyIterations = 200;
    private const int GridSamples = 48;
    private const int GridColumns = 8;

    private readonly List<Measurement> _measurements = [];

    private string Csv => Path.Combine(plan.Folder, "learning.csv");

    /// <summary>Measures every run at every count, but for what learning.csv has.</summary>
    public void Measure(string network, int samples, CancellationToken cancellation)
    {
        using var images = ImageDataset.Open(plan.Spec.Data.Path);
        IImageDataset dataset = plan.Spec.Data.Mirror ? new MirroredDataset(images) : images;
        using var opened = OpenedMetricNetwork.FromStore(network, CPU);
        var runner = new MetricsRunner(opened.Network, new RealStatisticsCache(PganHome.Statistics, NullLogger.Instance));
        var options = new EvaluationOptions { Samples = samples, BatchSize = 32 };
        var known = Known();
        foreach (var (run, count) in runs.SelectMany(run => plan.Measured.Select(count => (run, count))))
        {
            var measurement = known.Find(one => one.Is(run, count, network, samples));
            if (measurement is null)
            {
                using var trained = run.Open(count);
                var distance = runner.Evaluate(trained.Network, dataset, options, null, cancellation).Values[0].Value;
                measurement = new Measurement(run.Side, run.Seed, count, network, samples, distance);
                File.AppendAllText(Csv, (File.Exists(Csv) ? "" : Header + "\n") + measurement.Line() + "\n");
                Console.WriteLine($"{run.Name}: {MetricName.Frechet(network)} {distance:F1} at {count:N0} images");
            }

            _measurements.Add(measurement);
        }
    }

    /// <summary>Prints the tables and writes plots and grids.</summary>
    public void Write(CancellationToken cancellation)
    {
        foreach (var network in _measurements.Select(one => one.Network).Distinct())
        {
            PrintDistances(network);
            ChartFile.Write(Chart(network), Path.Combine(plan.Folder, MetricName.Frechet(network)));
        }

        PrintEarlyFigures();
        using var images = ImageDataset.Open(plan.Spec.Data.Path);
        foreach (var run in runs)
        {
            using var trained = run.Open(plan.Measured[^1]);
            SampleFiles.WriteGrid(
                new GeneratedImages(trained.Network, GridSamples, seed: 0, images), GridColumns, Path.Combine(plan.Folder, $"{run.Name}.png"), cancellation);
        }

        Console.WriteLine(plan.Folder);
    }

    private void PrintDistances(string network)
    {
        var sides = runs.Select(run => run.Side).Distinct().ToList();
        Console.WriteLine($"\n{MetricName.Frechet(network)}: mean (least to most) over {plan.Seeds.Count} seeds\n");
        Console.WriteLine($"| images | {string.Join(" | ", sides)} |\n|---|{string.Concat(sides.Select(_ => "---|"))}");
        foreach (var count in plan.Measured)
        {
            Console.WriteLine($"| {count:N0} | {string.Join(" | ", sides.Select(side => Show(Distances(side, network, count))))} |");
        }
    }

    private void PrintEarlyFigures()
    {
        Console.WriteLine($"\nfirst {EarlyIterations} iterations: mean over seeds (least to most)\n");
        Console.WriteLine("| side | loss G | loss D | real right | generated right | gradient G | gradient D |\n|---|---|---|---|---|---|---|");
        foreach (var side in runs.GroupBy(run => run.Side))
        {
            var early = side.Select(run => run.Figures().Where(line => line.ImagesSeen <= EarlyIterations * plan.Spec.Batch).ToList()).ToList();
            string Mean(Func<LearningFigures, double> figure) => Show([.. early.Select(lines => lines.Average(figure))], "G3");
            Console.WriteLine($"| {side.Key} | {Mean(line => line.GeneratorLoss)} | {Mean(line => line.DiscriminatorLoss)} | {Mean(line => line.RealAccuracy)} | "
                + $"{Mean(line => line.GeneratedAccuracy)} | {Mean(line => line.GeneratorGradientNorm)} | {Mean(line => line.DiscriminatorGradientNorm)} |");
        }
    }

    private LineChart Chart(string network) => new()
    {
        Title = $"Distance after how many images, {plan.Seeds.Count} seeds",
        Subtitle = "line: mean; band: least to most",
        XLabel = "thousands of images",
        YLabel = MetricName.FrechetTitle(network),
        LogarithmicY = true,
        Series = [.. runs.Select(run => run.Side).Distinct().Select(side =>
        {
            var points = plan.Measured.Select(count => (X: count / 1000.0, Distances: Distances(side, network, count))).ToList();
            return new ChartSeries(side, [.. points.Select(point => (point.X, point.Distances.Average()))])
            {
                Band = [.. points.Select(point => (point.Distances.Min(), point.Distances.Max()))],
            };
        })],
    };

    private List<double> Distances(string side, string network, long count) =>
        [.. _measurements.Where(one => one.Side == side && one.Network == network && one.Images == count).Select(one => one.Distance)];

    private List<Measurement> Known() => File.Exists(Csv) ? [.. File.ReadLines(Csv).Skip(1).Select(Measurement.Parse)] : [];

    private static string Show(List<double> values, string format = "F1")
    {
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return values is [var only] ? Text(only) : $"{Text(values.Average())} ({Text(values.Min())} to {Text(values.Max())})";
    }

    private sealed record Measurement(string Side, long Seed, long Images, string Network, int Samples, double Distance)
    {
        public bool Is(LearningRun run, long images, string network, int samples) =>
            (Side, Seed, Images, Network, Samples) == (run.Side, run.Seed, images, network, samples);

        public string Line() => string.Create(CultureInfo.InvariantCulture, $"{Side},{Seed},{Images},{Network},{Samples},{Distance:R}");

        public static Measurement Parse(string line)
        {
            var columns = line.Split(',');
            var culture = CultureInfo.InvariantCulture;
            return columns.Length == 6
                ? new(columns[0], long.Parse(columns[1], culture), long.Parse(columns[2], culture), columns[3], int.Parse(columns[4], culture), double.Parse(columns[5], culture))
                : throw new PganException($"learning.csv has the line '{line}', which is no measurement; '{Header}' is expected. Remove the line or the file.");
        }
    }
}

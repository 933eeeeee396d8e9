using System.Globalization;
using ProjectedGan.Cli.Plots;
using ProjectedGan.Data.Images;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Cli.Reports;

/// <summary>Compares runs: puts the parts of a report together.</summary>
internal sealed class Report
{
    // Of sheets at 256 pixels an image and more a reader sees as much, and a report of many stays a file that opens.
    private const int WidestSheet = 1024;

    private readonly IReadOnlyList<Variant> _variants;
    private readonly IReadOnlyList<ReportRun> _runs;
    private readonly Variant _baseline;
    private readonly IReadOnlyList<double> _goals;

    /// <param name="runs">The runs, at least one, whose names are different.</param>
    /// <param name="variants">The same by what differs besides the seed.</param>
    /// <param name="baseline">One of the variants.</param>
    /// <param name="goals">Values to reach; empty takes each comparison's own.</param>
    public Report(IReadOnlyList<ReportRun> runs, IReadOnlyList<Variant> variants, Variant baseline, IReadOnlyList<double> goals)
    {
        _runs = runs;
        _variants = variants;
        _baseline = baseline;
        _goals = goals;
    }

    /// <summary>The report's parts.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="day">When it is made.</param>
    public IReadOnlyList<ReportBlock> Blocks(string title, DateOnly day)
    {
        var comparisons = Comparison.Of(_variants);
        var ended = _runs.All(run => run.HasEnded) ? "" : $" {_runs.Count(run => !run.HasEnded)} of them have not ended; their figures are of what they have so far.";
        return
        [
            new ReportHeading(1, title),
            new ReportText($"{Count(_runs.Count, "run")} of {Count(_variants.Count, "variant")}, {day:yyyy-MM-dd}; the baseline is {_baseline.Name}.{ended}"),
            .. Results(comparisons),
            new ReportHeading(2, "What differs"),
            new ReportTable(["variant", "settings", "the baseline's"], [.. _variants.SelectMany(Differences)]),
            .. Sheets(),
            new ReportHeading(2, "Resources"),
            new ReportText("Over all sessions of each run; memory is the training process's own, not a GPU's."),
            new ReportTable(["variant", "device", "images/s", "training", "peak memory"], [.. _variants.Select(Resources)]),
            new ReportHeading(2, "Runs"),
            .. _runs.Any(run => run.Curve.Any(measured => measured.Deviation is not null))
                ? (ReportBlock[])[new ReportText("Behind ± is a figure's standard deviation over resamples of its generated images.")] : [],
            new ReportTable(["run", "seed", "state", "images", "best", "at images", "last"], [.. _runs.Select(Row)]),
            new ReportHeading(2, "Specs"),
            .. _runs.Select(run => new ReportListing(run.Name, TrainingSpecFile.Write(run.Spec))),
        ];
    }

    private IEnumerable<ReportBlock> Results(IReadOnlyList<Comparison> comparisons)
    {
        yield return new ReportHeading(2, "Results");
        if (comparisons.Count == 0)
        {
            yield return new ReportText("No run has a measurement yet.");
            yield break;
        }

        yield return new ReportText("Best is the best of a run's measurements. Images to reach a value are those of a run's first measurement that is as good, without interpolation. "
            + "Each is a mean over seeds, ± their standard deviation (n − 1)."
            + (comparisons.Count > 1 ? " Figures of different metrics, networks, numbers of samples and data sets cannot be compared: each has a table of its own." : ""));
        foreach ((var index, var comparison) in comparisons.Index())
        {
            double[] goals = _goals.Count > 0 ? [.. _goals] : [comparison.Goal];
            var format = Format(comparison.Goal);
            yield return new ReportHeading(3, $"{comparison.Title}, {comparison.Subtitle}");
            yield return new ReportTable(
                ["variant", "seeds", "best", .. goals.Select(goal => $"images to reach {goal.ToString(format, CultureInfo.InvariantCulture)}")],
                [.. comparison.Variants.Select(variant => (IReadOnlyList<string>)
                    [variant.Name, $"{variant.Runs.Count}", variant.Best().Text(format), .. goals.Select(goal => Reached(variant, goal))])]);
            if (_goals.Count == 0)
            {
                yield return new ReportText("The value to reach is the worst of the best values of the runs that have ended.");
            }

            yield return new ReportPictures(
            [
                Chart($"by-images-{index + 1}", ReportCharts.ByImages(comparison)),
                Chart($"by-time-{index + 1}", ReportCharts.ByTime(comparison)),
            ]);
        }
    }

    private static string Reached(Variant variant, double goal)
    {
        var images = variant.ImagesTo(goal);
        return images.Count == variant.Runs.Count ? images.Text("N0") : $"{images.Text("N0")} ({images.Count} of {variant.Runs.Count})";
    }

    private IEnumerable<IReadOnlyList<string>> Differences(Variant variant)
    {
        SpecField[] fields = [.. SpecSchema.Fields.Where(field => field.Path != "seed" && !field.Get(variant.Spec).Equals(field.Get(_baseline.Spec)))];
        return fields.Length == 0
            ? [[variant.Name, variant == _baseline ? "the baseline" : "none", ""]]
            : fields.Select((field, i) => (IReadOnlyList<string>)[i == 0 ? variant.Name : "", $"{field.Path}: {field.Text(variant.Spec)}", field.Text(_baseline.Spec)]);
    }

    private IEnumerable<ReportBlock> Sheets()
    {
        List<ReportPicture> sheets = Newest("samples", run => run.Samples), neighbours = Newest("neighbours", run => run.Neighbours);
        foreach ((var index, var run) in _runs.Where(run => run.Real is not null).DistinctBy(run => run.Spec.Data.Path).Index())
        {
            sheets.Insert(index, Sheet($"real-{index + 1}", $"real images of {Path.GetFileName(run.Spec.Data.Path)}", run.Real!));
        }

        if (sheets.Count > 0)
        {
            yield return new ReportHeading(2, "Samples");
            yield return new ReportText("The newest sheet of each variant's first seed, of the same latent vectors: none was chosen for its looks.");
            yield return new ReportPictures(sheets);
        }

        if (neighbours.Count > 0)
        {
            yield return new ReportHeading(2, "Nearest training images");
            yield return new ReportText("Each sample with the training images nearest to it in the metric's features, nearest first. A sample that equals its neighbour was learnt by heart; "
                + "many samples with one neighbour are a collapse.");
            yield return new ReportPictures(neighbours);
        }
    }

    private List<ReportPicture> Newest(string file, Func<ReportRun, byte[]?> sheet) => [.. _variants.Index().Where(variant => sheet(variant.Item.Runs[0]) is not null).Select(variant =>
    {
        var run = variant.Item.Runs[0];
        return Sheet($"{file}-{variant.Index + 1}", string.Create(CultureInfo.InvariantCulture, $"{variant.Item.Name}, seed {run.Spec.Seed}, {run.Images:N0} images"), sheet(run)!);
    })];

    private static IReadOnlyList<string> Resources(Variant variant)
    {
        Spread speed = new([.. variant.Runs.Where(run => run.TrainingTime > TimeSpan.Zero).Select(run => run.Images / run.TrainingTime.TotalSeconds)]);
        var isShort = variant.Runs.Max(run => run.TrainingTime) < TimeSpan.FromHours(2);
        Spread time = new([.. variant.Runs.Select(run => isShort ? run.TrainingTime.TotalMinutes : run.TrainingTime.TotalHours)]);
        var peak = variant.Runs.Max(run => run.PeakBytes);
        return
        [
            variant.Name, SpecSchema.Find("execution.device")!.Text(variant.Spec), speed.Text("F1"), $"{time.Text("F1")} {(isShort ? "min" : "h")}",
            peak is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N0} MiB") : "not known",
        ];
    }

    private static IReadOnlyList<string> Row(ReportRun run)
    {
        var seed = $"{run.Spec.Seed}";
        var images = run.Images.ToString("N0", CultureInfo.InvariantCulture);
        if (run.Curve.Count == 0)
        {
            return [run.Name, seed, run.State, images, "–", "–", "–"];
        }

        var best = Variant.Best(run);
        var format = Format(best.Value);
        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        string Figure(ReportPoint measured) => measured.Deviation is { } deviation ? $"{Number(measured.Value)} ± {Number(deviation)}" : Number(measured.Value);
        return [run.Name, seed, run.State, images, Figure(best), best.Images.ToString("N0", CultureInfo.InvariantCulture), Figure(run.Curve[^1])];
    }

    private static ReportPicture Chart(string file, LineChart chart) => new(file, $"{chart.Title}; {chart.Subtitle}", ChartRenderer.Png(chart));

    private static ReportPicture Sheet(string file, string caption, byte[] png)
    {
        var image = ImageCodec.Decode(png);
        return new ReportPicture(file, caption, image.Width <= WidestSheet
            ? png
            : ImageCodec.EncodePng(Lanczos.Resize(image, WidestSheet, Math.Max(1, (int)((long)image.Height * WidestSheet / image.Width)))));
    }

    // Distances are some tens, kernel distances some thousandths.
    private static string Format(double value) => Math.Abs(value) switch { >= 100 => "F1", >= 1 => "F2", _ => "0.#####" };

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}

/// <summary>Variants whose figures can be compared: of one metric, on as many samples, against one data set.</summary>
/// <param name="Metric">The metric's key.</param>
/// <param name="Samples">Generated images of each measurement.</param>
/// <param name="Data">The data set's path.</param>
/// <param name="Variants">At least one.</param>
internal sealed record Comparison(string Metric, int Samples, string Data, IReadOnlyList<Variant> Variants)
{
    /// <summary>What tables and axes call the metric.</summary>
    public string Title => MetricName.Split(Metric) is { Figure: "fid" or "fd" } split ? MetricName.FrechetTitle(split.Network) : Metric;

    /// <summary>What was measured, on what.</summary>
    public string Subtitle => string.Create(CultureInfo.InvariantCulture, $"{Samples:N0} generated images against {Path.GetFileName(Data.TrimEnd('/'))}");

    /// <summary>The worst of the best values of all runs that have ended: a goal that each of them reaches.</summary>
    public double Goal
    {
        get
        {
            ReportRun[] runs = [.. Variants.SelectMany(variant => variant.Runs)];
            ReportRun[] ended = [.. runs.Where(run => run.HasEnded)];
            double[] best = [.. (ended.Length > 0 ? ended : runs).Select(run => Variant.Best(run).Value)];
            return Variant.LowerIsBetter(Metric) ? best.Max() : best.Min();
        }
    }

    /// <summary>Puts variants with measurements together by what they were measured with.</summary>
    public static IReadOnlyList<Comparison> Of(IEnumerable<Variant> variants) => [.. variants
        .SelectMany(variant => variant.Runs.Where(run => run.Curve.Count > 0).GroupBy(run => run.Metric).Select(runs => variant with { Runs = [.. runs] }))
        .GroupBy(variant => (variant.Runs[0].Metric, variant.Spec.Evaluation.Samples, variant.Spec.Data.Path))
        .Select(group => new Comparison(group.Key.Metric, group.Key.Samples, group.Key.Path, [.. group]))];
}

/// <summary>A figure over seeds: its mean, and its sample standard deviation (n − 1) where there are two or more.</summary>
/// <param name="values">One a seed.</param>
internal sealed class Spread(IReadOnlyList<double> values)
{
    public int Count => values.Count;

    public double Mean => values.Average();

    public double? Deviation => values.Count < 2 ? null : Math.Sqrt(values.Sum(value => (value - Mean) * (value - Mean)) / (values.Count - 1));

    /// <summary>Mean ± deviation; a dash where there is no value.</summary>
    /// <param name="format">How numbers are written, for example <c>N0</c>.</param>
    public string Text(string format)
    {
        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return Count == 0 ? "–" : Deviation is { } deviation ? $"{Number(Mean)} ± {Number(deviation)}" : Number(Mean);
    }
}

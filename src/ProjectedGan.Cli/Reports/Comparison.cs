using System.Globalization;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Cli.Reports;

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

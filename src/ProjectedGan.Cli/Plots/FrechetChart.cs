using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Cli.Plots;

/// <summary>The chart of a run: Fréchet distance against thousands of images, one curve a feature network.</summary>
public static class FrechetChart
{
    // From this ratio on, a linear axis would show the end of the curve as a flat line.
    private const double LogarithmicFrom = 5;

    /// <summary>The chart of measurements.</summary>
    /// <param name="rows">Measurements in the order of the run.</param>
    /// <param name="title">The chart's title.</param>
    /// <param name="subtitle">A line below it, what was compared with what for example; may be empty.</param>
    public static LineChart Of(IReadOnlyList<FdRow> rows, string title, string subtitle = "")
    {
        ArgumentNullException.ThrowIfNull(rows);
        IGrouping<string, FdRow>[] networks = [.. rows.GroupBy(row => row.FeatureNetwork)];
        double[] positive = [.. rows.Select(row => row.Distance).Where(distance => double.IsFinite(distance) && distance > 0)];
        return new LineChart
        {
            Title = title,
            Subtitle = subtitle,
            XLabel = "thousands of images",
            YLabel = networks is [var only] ? MetricName.FrechetTitle(only.Key) : "Fréchet distance",
            LogarithmicY = positive.Length > 0 && positive.Max() >= LogarithmicFrom * positive.Min(),
            Series = [.. networks.Select(network => new ChartSeries(network.Key, [.. network.Select(row => (row.Images / 1000.0, row.Distance))]))],
        };
    }
}

using ProjectedGan.Cli.Plots;

namespace ProjectedGan.Cli.Reports;

/// <summary>The curves of a comparison: one a variant, the mean over its seeds with a band from the least to the most.</summary>
internal static class ReportCharts
{
    /// <summary>Against thousands of images.</summary>
    public static LineChart ByImages(Comparison comparison) =>
        Chart(comparison, "after how many images", "thousands of images", measurement => measurement.Images / 1000.0);

    /// <summary>Against the time of training.</summary>
    public static LineChart ByTime(Comparison comparison)
    {
        var isShort = comparison.Variants.Max(variant => variant.Runs.Max(run => run.Curve[^1].Time)) < TimeSpan.FromHours(2);
        return isShort
            ? Chart(comparison, "after how much training", "minutes of training", measurement => measurement.Time.TotalMinutes)
            : Chart(comparison, "after how much training", "hours of training", measurement => measurement.Time.TotalHours);
    }

    private static LineChart Chart(Comparison comparison, string title, string axis, Func<ReportPoint, double> place) => new()
    {
        Title = $"{comparison.Title} {title}",
        Subtitle = $"{comparison.Subtitle}; line: mean over seeds, band: least to most",
        XLabel = axis,
        YLabel = comparison.Title,
        LogarithmicY = Variant.LowerIsBetter(comparison.Metric),
        // The numbers at the ends of several curves lie on each other; the table has them.
        LabelLastValue = comparison.Variants.Count == 1,
        Series = [.. comparison.Variants.Select(variant => Series(variant, place))],
    };

    // Seeds are measured at the same images, but for snapshots that were passed over because a newer one came: a mean is of all seeds or none.
    private static ChartSeries Series(Variant variant, Func<ReportPoint, double> place)
    {
        ReportPoint[][] points = [.. variant.Runs.SelectMany(run => run.Curve).GroupBy(measurement => measurement.Images)
            .Where(group => group.Count() == variant.Runs.Count).OrderBy(group => group.Key).Select(group => group.ToArray())];
        return new ChartSeries(variant.Name, [.. points.Select(group => (group.Average(place), group.Average(measurement => measurement.Value)))])
        {
            Band = variant.Runs.Count < 2 ? null : [.. points.Select(group => (group.Min(measurement => measurement.Value), group.Max(measurement => measurement.Value)))],
        };
    }
}

/// <summary>One measurement of a run.</summary>
/// <param name="Images">Real images shown until then.</param>
/// <param name="Time">Training time until then.</param>
/// <param name="Value">The figure.</param>
/// <param name="Deviation">Its standard deviation over resamples; null where it was not measured.</param>
internal readonly record struct ReportPoint(long Images, TimeSpan Time, double Value, double? Deviation = null);

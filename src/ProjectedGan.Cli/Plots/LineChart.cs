using System.Text;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Foundation;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Cli.Plots;

/// <summary>A line chart, which <see cref="ChartFile"/> writes.</summary>
public sealed record LineChart
{
    public required string Title { get; init; }

    /// <summary>A line below the title, in grey; empty for none.</summary>
    public string Subtitle { get; init; } = "";

    public required string XLabel { get; init; }

    public required string YLabel { get; init; }

    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Show y on a logarithmic axis; values that are not greater than zero are left out.</summary>
    public bool LogarithmicY { get; init; }

    /// <summary>Write the last value at the end of each curve.</summary>
    public bool LabelLastValue { get; init; } = true;

    /// <summary>Width of the picture in pixels of the SVG; the PNG has twice as many.</summary>
    public int Width { get; init; } = 800;

    /// <summary>Height of the picture in pixels of the SVG; the PNG has twice as many.</summary>
    public int Height { get; init; } = 480;
}

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

/// <summary>Writes a chart twice, as PNG and as SVG. Each file is replaced as a whole.</summary>
public static class ChartFile
{
    /// <summary>Writes <paramref name="path"/> + <c>.png</c> and <paramref name="path"/> + <c>.svg</c>.</summary>
    /// <exception cref="PganException">A file cannot be written; what was there is unchanged.</exception>
    public static void Write(LineChart chart, string path)
    {
        ArgumentNullException.ThrowIfNull(chart);
        var png = ChartRenderer.Png(chart);
        var svg = Encoding.UTF8.GetBytes(ChartRenderer.Svg(chart));
        AtomicFile.Write(path + ".png", stream => stream.Write(png));
        AtomicFile.Write(path + ".svg", stream => stream.Write(svg));
    }
}

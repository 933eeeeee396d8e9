using System.Globalization;
using ScottPlot;
using ScottPlot.Panels;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace ProjectedGan.Cli.Plots;

/// <summary>Draws charts by ScottPlot: title above, labelled axes, a horizontal grid, a legend when there is more than one curve, and
/// curves with the last value written at their end.</summary>
internal static class ChartRenderer
{
    // Beyond this many points the markers would merge into the curve.
    private const int MarkersUpTo = 40;
    private const int TickSize = 13;
    private const int LabelSize = 14;

    // Blue, orange, green, violet, red, teal: apart in hue and in lightness for readers who see few colours.
    private static readonly Color[] Palette = [.. new[] { "#2457c5", "#e07b1a", "#2f8f4e", "#8a4fbf", "#c93a3a", "#2b8c99" }.Select(Color.FromHex)];

    // With more curves than colours.
    private static readonly LinePattern[] Patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted];

    private static readonly Color Ink = Color.FromHex("#1c2430");
    private static readonly Color Faded = Color.FromHex("#5b6675");
    private static readonly Color Grid = Color.FromHex("#e6e9ee");
    private static readonly Color AxisLine = Color.FromHex("#9aa4b2");

    /// <summary>A PNG of twice the chart's size, sharp on dense displays.</summary>
    public static byte[] Png(LineChart chart)
    {
        using var plot = Draw(chart);
        plot.ScaleFactor = 2;
        return plot.GetImageBytes(2 * chart.Width, 2 * chart.Height, ImageFormat.Png);
    }

    /// <summary>An SVG document. Viewers without the typeface take another one without serifs.</summary>
    public static string Svg(LineChart chart)
    {
        using var plot = Draw(chart);
        return plot.GetSvgXml(chart.Width, chart.Height)
            .Replace($"font-family=\"{ChartFont.Family}\"", $"font-family=\"{ChartFont.Family}, Helvetica, Arial, sans-serif\"", StringComparison.Ordinal);
    }

    private static Plot Draw(LineChart chart)
    {
        Plot plot = new();
        ChartFont.Apply(plot);
        List<Coordinates[]> curves = [.. chart.Series.Select(series => Placed(series.Points, chart.LogarithmicY))];
        List<Coordinates[]> bands = [.. chart.Series.Select(series => Band(series, chart.LogarithmicY))];
        AddAxes(plot, chart, [.. curves.Concat(bands).SelectMany(points => points)]);
        AddTitles(plot, chart);
        for (var i = 0; i < bands.Count; i++)
        {
            if (bands[i].Length > 0)
            {
                var band = plot.Add.Polygon(bands[i]);
                band.FillColor = Palette[i % Palette.Length].WithAlpha(0.18);
                band.LineWidth = 0;
            }
        }

        for (var i = 0; i < curves.Count; i++)
        {
            var curve = AddCurve(plot, chart, chart.Series[i].Name, curves[i], Palette[i % Palette.Length]);
            curve.LinePattern = Patterns[i / Palette.Length % Patterns.Length];
        }

        if (curves.Count > 1)
        {
            plot.ShowLegend(Alignment.UpperRight);
            plot.Legend.FontColor = Ink;
            plot.Legend.FontSize = TickSize;
            plot.Legend.OutlineColor = Grid;
            plot.Legend.ShadowColor = Colors.Transparent;
        }
        else
        {
            plot.HideLegend();
        }

        return plot;
    }

    // A logarithmic axis is a linear one of logarithms with the labels of the numbers.
    private static Coordinates[] Placed(IEnumerable<(double X, double Y)> points, bool logarithmicY) => [.. points.Select(point =>
        !double.IsFinite(point.X) || !double.IsFinite(point.Y) || (logarithmicY && point.Y <= 0) ? Coordinates.NaN
        : new Coordinates(point.X, logarithmicY ? Math.Log10(point.Y) : point.Y))];

    // There along the least and back along the most.
    private static Coordinates[] Band(ChartSeries series, bool logarithmicY) => series.Band is not { } band ? [] : [.. Placed(
        [
            .. series.Points.Zip(band, (point, ends) => (point.X, ends.Least)),
            .. series.Points.Zip(band, (point, ends) => (point.X, ends.Most)).Reverse(),
        ], logarithmicY).Where(point => point.AreReal)];

    private static void AddAxes(Plot plot, LineChart chart, Coordinates[] points)
    {
        Coordinates[] drawn = [.. points.Where(point => point.AreReal)];
        var x = drawn.Length == 0 ? AxisScale.Linear(0, 1) : AxisScale.Linear(Math.Min(0, drawn.Min(point => point.X)), drawn.Max(point => point.X), 8);
        var y = drawn.Length == 0 ? AxisScale.Linear(0, 1)
            : chart.LogarithmicY ? AxisScale.Logarithmic(Math.Pow(10, drawn.Min(point => point.Y)), Math.Pow(10, drawn.Max(point => point.Y)))
            : AxisScale.Linear(Math.Min(0, drawn.Min(point => point.Y)), drawn.Max(point => point.Y));
        double Shown(double value) => y.IsLogarithmic ? Math.Log10(value) : value;

        // Room for half a marker on the left, for the last value on the right, and between the subtitle and the grid.
        var width = x.High - x.Low;
        var height = Shown(y.High) - Shown(y.Low);
        plot.Axes.SetLimits(x.Low - (0.008 * width), x.High + (0.03 * width), Shown(y.Low), Shown(y.High) + (0.03 * height));
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. x.Ticks], [.. x.Ticks.Select(AxisScale.Format)]);
        plot.Axes.Left.TickGenerator = new NumericManual([.. y.Ticks.Select(Shown)], [.. y.Ticks.Select(AxisScale.Format)]);
        plot.Axes.Top.IsVisible = false;
        plot.Axes.Right.MinimumSize = 24;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.FrameLineStyle.Color = AxisLine;
        plot.Axes.Bottom.MajorTickStyle.Color = AxisLine;
        foreach (var axis in new IAxis[] { plot.Axes.Left, plot.Axes.Bottom })
        {
            axis.TickLabelStyle.FontSize = TickSize;
            axis.TickLabelStyle.ForeColor = Faded;
        }

        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Grid.MajorLineColor = Grid;
    }

    private static void AddTitles(Plot plot, LineChart chart)
    {
        plot.Title(chart.Title, 20);
        plot.Axes.Title.Label.ForeColor = Ink;
        if (chart.Subtitle.Length > 0)
        {
            TitlePanel subtitle = new();
            subtitle.Label.Text = chart.Subtitle;
            subtitle.Label.FontSize = LabelSize;
            subtitle.Label.ForeColor = Faded;
            subtitle.Label.FontName = ChartFont.Family;
            plot.Axes.AddPanel(subtitle);
        }

        plot.XLabel(chart.XLabel, LabelSize);
        plot.YLabel(chart.YLabel, LabelSize);
        plot.Axes.Bottom.Label.ForeColor = Ink;
        plot.Axes.Left.Label.ForeColor = Ink;
    }

    private static Scatter AddCurve(Plot plot, LineChart chart, string name, Coordinates[] points, Color color)
    {
        Coordinates[] drawn = [.. points.Where(point => point.AreReal)];
        var curve = plot.Add.Scatter(points, color);
        curve.LegendText = name;
        curve.LineWidth = 2.25f;
        curve.MarkerSize = drawn.Length <= MarkersUpTo ? 7 : 0;
        if (drawn.Length == 0 || !chart.LabelLastValue)
        {
            return curve;
        }

        var end = drawn[^1];
        var value = chart.LogarithmicY ? Math.Pow(10, end.Y) : end.Y;
        var label = plot.Add.Text(value.ToString("G3", CultureInfo.InvariantCulture), end);
        label.LabelAlignment = Alignment.LowerCenter;
        label.LabelOffsetY = -7;
        label.LabelFontSize = LabelSize;
        label.LabelFontColor = color;
        return curve;
    }
}

/// <summary>One curve.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">(x, y) in the order in which they are joined; points with a NaN or infinite coordinate leave a gap.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>The least and the most at each point, drawn as a band behind the curve; null for none.</summary>
    public IReadOnlyList<(double Least, double Most)>? Band { get; init; }
}

/// <summary>The charts' typeface, which comes with the program: a server has no fonts to rely on, and without one text is blank.</summary>
internal sealed class ChartFont : IFontResolver
{
    public const string Family = "Roboto";

    private readonly SKTypeface _typeface = Load();

    // The system's fonts are not asked, so that a chart looks the same on every machine.
    static ChartFont()
    {
        ScottPlot.Fonts.FontResolvers.Clear();
        ScottPlot.Fonts.FontResolvers.Add(new ChartFont());
        ScottPlot.Fonts.Default = Family;
    }

    private ChartFont()
    {
    }

    /// <summary>Sets all text of <paramref name="plot"/> in the typeface.</summary>
    public static void Apply(Plot plot) => plot.Font.Set(Family);

    public SKTypeface CreateTypeface(string fontName, bool bold, bool italic) => _typeface;

    public SKTypeface CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => _typeface;

    private static SKTypeface Load()
    {
        using var stream = typeof(ChartFont).Assembly.GetManifestResourceStream("Roboto-Regular.ttf")
            ?? throw new InvalidOperationException("The assembly lacks its resource Roboto-Regular.ttf.");
        return SKTypeface.FromStream(stream);
    }
}

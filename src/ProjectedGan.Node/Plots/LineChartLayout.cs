using System.Globalization;

namespace ProjectedGan.Node.Plots;

/// <summary>Places a chart's parts: title above, labelled axes, horizontal grid, a legend below the
/// title when there is more than one curve, and curves with the last value written at their end.</summary>
public sealed class LineChartLayout
{
    // Blue, orange, green, violet, red, teal: apart in hue and in lightness for readers who see few colours.
    private static readonly Rgb[] Palette =
        [Rgb.FromHex(0x2457c5), Rgb.FromHex(0xe07b1a), Rgb.FromHex(0x2f8f4e), Rgb.FromHex(0x8a4fbf), Rgb.FromHex(0xc93a3a), Rgb.FromHex(0x2b8c99)];

    private static readonly Rgb Paper = Rgb.FromHex(0xffffff);
    private static readonly Rgb Ink = Rgb.FromHex(0x1c2430);
    private static readonly Rgb Faded = Rgb.FromHex(0x5b6675);
    private static readonly Rgb Grid = Rgb.FromHex(0xe6e9ee);
    private static readonly Rgb AxisLine = Rgb.FromHex(0x9aa4b2);

    // Beyond this many points the markers would merge into the curve.
    private const int MarkersUpTo = 40;
    private const double TickSize = 13;
    private const double LabelSize = 14;
    private const double LegendHeight = 24;

    // An SVG viewer's font may be this much wider than the stroke font that the layout measures.
    private const double WidestFont = 1.2;

    private readonly LineChart _chart;
    private readonly List<(ChartSeries Series, List<(double X, double Y)> Points, Rgb Color)> _curves;
    private readonly AxisScale _x;
    private readonly AxisScale _y;
    private readonly double _left;
    private readonly double _top;
    private readonly double _right;
    private readonly double _bottom;
    private readonly List<SceneItem> _items = [];

    private LineChartLayout(LineChart chart)
    {
        _chart = chart;
        _curves = [.. chart.Series.Select((series, i) => (series, Drawable(series), Palette[i % Palette.Length]))];
        (double X, double Y)[] all = [.. _curves.SelectMany(curve => curve.Points).Where(point => double.IsFinite(point.X))];
        _x = all.Length == 0 ? AxisScale.Linear(0, 1) : AxisScale.Linear(Math.Min(0, all.Min(point => point.X)), all.Max(point => point.X), 8);
        _y = all.Length == 0 ? AxisScale.Linear(0, 1)
            : chart.LogarithmicY ? AxisScale.Logarithmic(all.Min(point => point.Y), all.Max(point => point.Y))
            : AxisScale.Linear(Math.Min(0, all.Min(point => point.Y)), all.Max(point => point.Y));
        _left = 46 + _y.Ticks.Max(tick => StrokeFont.Measure(AxisScale.Format(tick), TickSize));
        _top = (chart.Subtitle.Length > 0 ? 86 : 66) + (_curves.Count > 1 ? LegendHeight : 0);
        _right = chart.Width - 40;
        _bottom = chart.Height - 62;
    }

    /// <summary>Lays <paramref name="chart"/> out.</summary>
    public static Scene Arrange(LineChart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        LineChartLayout layout = new(chart);
        layout.AddTitles();
        layout.AddAxes();
        layout.AddCurves();
        layout.AddLegend();
        return new(chart.Width, chart.Height, Paper, layout._items);
    }

    private List<(double X, double Y)> Drawable(ChartSeries series) => [.. series.Points.Select(point =>
        double.IsFinite(point.X) && double.IsFinite(point.Y) && (!_chart.LogarithmicY || point.Y > 0) ? point : (double.NaN, double.NaN))];

    private void AddTitles()
    {
        Text(24, 36, _chart.Title, new(20, Ink, Bold: true));
        if (_chart.Subtitle.Length > 0)
        {
            Text(24, 58, _chart.Subtitle, new(LabelSize, Faded));
        }

        Text((_left + _right) / 2, _chart.Height - 18, _chart.XLabel, new(LabelSize, Ink, TextAnchor.Middle));
        Text(26, (_top + _bottom) / 2, _chart.YLabel, new(LabelSize, Ink, TextAnchor.Middle, Upwards: true));
    }

    private void AddAxes()
    {
        foreach (double tick in _y.Ticks)
        {
            double y = Snap(Vertical(tick));
            Rule(new(_left, y), new(_right, y), Grid);
            Text(_left - 10, y + (TickSize * 0.35), AxisScale.Format(tick), new(TickSize, Faded, TextAnchor.End));
        }

        Rule(new(_left, Snap(_bottom)), new(_right, Snap(_bottom)), AxisLine);
        foreach (double tick in _x.Ticks)
        {
            double x = Snap(Horizontal(tick));
            Rule(new(x, Snap(_bottom)), new(x, Snap(_bottom) + 5), AxisLine);
            Text(x, _bottom + 22, AxisScale.Format(tick), new(TickSize, Faded, TextAnchor.Middle));
        }
    }

    private void AddCurves()
    {
        foreach ((_, List<(double X, double Y)> points, Rgb color) in _curves)
        {
            foreach (List<ScenePoint> run in Runs(points))
            {
                _items.Add(new SceneItem.Line(run, 2.25, color));
            }
        }

        foreach ((_, List<(double X, double Y)> points, Rgb color) in _curves)
        {
            AddMarkers([.. points.Where(point => double.IsFinite(point.X))], color);
        }
    }

    private void AddMarkers((double X, double Y)[] points, Rgb color)
    {
        if (points.Length == 0)
        {
            return;
        }

        foreach ((double X, double Y) point in points.Length <= MarkersUpTo ? points : [points[^1]])
        {
            _items.Add(new SceneItem.Dot(Place(point), 3.5, color, Paper));
        }

        if (_chart.LabelLastValue)
        {
            ScenePoint end = Place(points[^1]);
            string value = points[^1].Y.ToString("G3", CultureInfo.InvariantCulture);
            double lift = end.Y - 12 < _top ? 22 : -11;
            Text(Math.Min(end.X, _right), end.Y + lift, value, new(LabelSize, color, TextAnchor.Middle, Bold: true));
        }
    }

    private void AddLegend()
    {
        if (_curves.Count < 2)
        {
            return;
        }

        double x = _left;
        double y = _top - LegendHeight;
        foreach ((ChartSeries series, _, Rgb color) in _curves)
        {
            _items.Add(new SceneItem.Line([new(x, y), new(x + 22, y)], 2.5, color));
            Text(x + 31, y + (TickSize * 0.35), series.Name, new(TickSize, Ink));
            x += 62 + (StrokeFont.Measure(series.Name, TickSize) * WidestFont);
        }
    }

    private IEnumerable<List<ScenePoint>> Runs(List<(double X, double Y)> points)
    {
        List<ScenePoint> run = [];
        foreach ((double X, double Y) point in points)
        {
            if (double.IsFinite(point.X))
            {
                run.Add(Place(point));
            }
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private ScenePoint Place((double X, double Y) point) => new(Horizontal(point.X), Vertical(point.Y));

    private double Horizontal(double value) => _left + (_x.Fraction(value) * (_right - _left));

    private double Vertical(double value) => _bottom - (_y.Fraction(value) * (_bottom - _top));

    // Half positions make a line of one unit sharp at every whole scale.
    private static double Snap(double value) => Math.Floor(value) + 0.5;

    private void Rule(ScenePoint from, ScenePoint to, Rgb color) => _items.Add(new SceneItem.Line([from, to], 1, color));

    private void Text(double x, double y, string text, TextStyle style) => _items.Add(new SceneItem.Label(new(x, y), text, style));
}

using System.Globalization;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Foundation;

namespace ProjectedGan.Evaluation.Curves;

/// <summary>
/// The file metrics.csv of a run: columns <c>images,metric,value,standard deviation,generated</c>, one line a figure, so that a
/// measurement of several has several lines. The deviation is empty where there is none.
/// </summary>
public static class MetricsCsv
{
    private static readonly CurveFile<MetricRow> File =
        new("a metrics.csv", "images,metric,value,standard deviation,generated", Line, Parse);

    /// <summary>
    /// Makes the file ready for a run that starts or goes on at <paramref name="images"/> images, as <see cref="FdCsv.Resume"/> does.
    /// </summary>
    /// <exception cref="EvaluationException">The file is no metrics.csv.</exception>
    /// <exception cref="PganException">The file cannot be written; what was there is unchanged.</exception>
    public static void Resume(string path, long images) => File.Keep(path, row => row.Images <= images);

    /// <summary>Adds the figures of a measurement.</summary>
    /// <exception cref="EvaluationException">The file cannot be written.</exception>
    public static void Append(string path, IEnumerable<MetricRow> rows) => File.Append(path, rows);

    /// <summary>All figures in the order of the file. A last line without its end is left out: it was cut short.</summary>
    /// <exception cref="EvaluationException">The file cannot be read or a line is no figure.</exception>
    public static IReadOnlyList<MetricRow> Read(string path) => File.Read(path);

    private static MetricRow? Parse(string line)
    {
        double? deviation = null;
        return line.Split(',') is [var images, var metric, var value, var spread, var generated]
            && long.TryParse(images, CultureInfo.InvariantCulture, out var seen)
            && double.TryParse(value, CultureInfo.InvariantCulture, out var figure)
            && (spread.Length == 0 || TryParse(spread, out deviation))
            && long.TryParse(generated, CultureInfo.InvariantCulture, out var samples)
            ? new(seen, metric, figure, deviation, samples)
            : null;
    }

    private static bool TryParse(string text, out double? number)
    {
        var isNumber = double.TryParse(text, CultureInfo.InvariantCulture, out var parsed);
        number = parsed;
        return isNumber;
    }

    private static string Line(MetricRow row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.Images},{row.Metric},{row.Value:R},{row.StandardDeviation:R},{row.Generated}");
}

/// <summary>One figure of a measurement.</summary>
/// <param name="Images">Real images that the discriminator had seen.</param>
/// <param name="Metric">The figure's key, <c>fd_mobilenet_v2</c> for example; it has no comma.</param>
/// <param name="Value">The figure.</param>
/// <param name="StandardDeviation">Its spread; null where it was not measured.</param>
/// <param name="Generated">Generated images that it rests on.</param>
public sealed record MetricRow(long Images, string Metric, double Value, double? StandardDeviation, long Generated);

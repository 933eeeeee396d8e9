using System.Globalization;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Foundation;

namespace ProjectedGan.Evaluation.Curves;

/// <summary>
/// The file fd.csv of a run: columns <c>images,seconds,feature network,distance</c>, one line a measurement, the distance last.
/// Each line is on the disk before <see cref="Append"/> returns.
/// </summary>
public static class FdCsv
{
    private static readonly CurveFile<FdRow> File = new("an fd.csv", "images,seconds,feature network,distance", Line, Parse);

    /// <summary>Makes the file ready for a run that starts or goes on at <paramref name="images"/> images: creates it with its header, or
    /// drops measurements of work that is done again, and a last line that a crash cut short.</summary>
    /// <exception cref="EvaluationException">The file is no fd.csv.</exception>
    /// <exception cref="PganException">The file cannot be written; what was there is unchanged.</exception>
    public static void Resume(string path, long images) => File.Keep(path, row => row.Images <= images);

    /// <summary>Replaces all measurements.</summary>
    /// <exception cref="PganException">The file cannot be written; what was there is unchanged.</exception>
    public static void Write(string path, IEnumerable<FdRow> rows) => File.Write(path, rows);

    /// <summary>Adds a measurement.</summary>
    /// <exception cref="EvaluationException">The file cannot be written.</exception>
    public static void Append(string path, FdRow row) => File.Append(path, [row]);

    /// <summary>All measurements in the order of the file. A last line without its end is left out: it was cut short.</summary>
    /// <exception cref="EvaluationException">The file cannot be read or a line is no measurement.</exception>
    public static IReadOnlyList<FdRow> Read(string path) => File.Read(path);

    private static FdRow? Parse(string line)
    {
        // The network's name may hold commas between quotes; the other columns hold neither.
        var first = line.IndexOf(',', StringComparison.Ordinal);
        var second = first < 0 ? -1 : line.IndexOf(',', first + 1);
        var last = line.LastIndexOf(',');
        return second >= 0 && last > second
            && long.TryParse(line[..first], CultureInfo.InvariantCulture, out var images)
            && double.TryParse(line[(first + 1)..second], CultureInfo.InvariantCulture, out var seconds)
            && double.TryParse(line[(last + 1)..], CultureInfo.InvariantCulture, out var distance)
            ? new(images, seconds, Unquote(line[(second + 1)..last]), distance)
            : null;
    }

    private static string Line(FdRow row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.Images},{row.Seconds:0.###},{Quote(row.FeatureNetwork)},{row.Distance:R}");

    private static string Quote(string name) =>
        name.AsSpan().IndexOfAny(",\"") < 0 ? name : '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static string Unquote(string name) => name.Length >= 2 && name[0] == '"' && name[^1] == '"'
        ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
        : name;
}

/// <summary>One measurement of a run.</summary>
/// <param name="Images">Real images that the discriminator had seen.</param>
/// <param name="Seconds">Training time until then.</param>
/// <param name="FeatureNetwork">The network whose features were compared.</param>
/// <param name="Distance">The Fréchet distance.</param>
public sealed record FdRow(long Images, double Seconds, string FeatureNetwork, double Distance);

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

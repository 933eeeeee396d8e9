using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>UCUM units in the words that Prometheus' conventions use: <c>By</c> is bytes, <c>m/s</c> is meters_per_second.</summary>
/// <remarks>Source: the OpenTelemetry specification's compatibility chapter on Prometheus and OpenMetrics.</remarks>
internal static partial class UnitName
{
    private static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["TiBy"] = "tibibytes",
        ["KBy"] = "kilobytes", ["MBy"] = "megabytes", ["GBy"] = "gigabytes", ["TBy"] = "terabytes",
        ["B"] = "bytes", ["KB"] = "kilobytes", ["MB"] = "megabytes", ["GB"] = "gigabytes", ["TB"] = "terabytes",
        ["m"] = "meters", ["V"] = "volts", ["A"] = "amperes", ["J"] = "joules", ["W"] = "watts", ["g"] = "grams",
        ["Cel"] = "celsius", ["Hz"] = "hertz", ["1"] = "", ["%"] = "percent", ["$"] = "dollars",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> PerWords = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["s"] = "second", ["m"] = "minute", ["h"] = "hour", ["d"] = "day", ["w"] = "week", ["mo"] = "month", ["y"] = "year",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The suffix for a unit; null for none: no unit, 1, or an annotation alone such as <c>{image}</c>.</summary>
    public static string? Of(string unit)
    {
        string plain = Annotation().Replace(unit, "");
        int slash = plain.IndexOf('/', StringComparison.Ordinal);
        string name = slash >= 0 && slash < plain.Length - 1
            ? $"{Word(plain[..slash], Words)}_per_{Word(plain[(slash + 1)..], PerWords)}"
            : Word(plain, Words);
        string sanitized = Invalid().Replace(name, "_").Trim('_');
        return sanitized.Length == 0 ? null : sanitized;
    }

    private static string Word(string unit, FrozenDictionary<string, string> words) => words.GetValueOrDefault(unit, unit);

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Annotation();

    [GeneratedRegex("[^a-zA-Z0-9:]+")]
    private static partial Regex Invalid();
}

using System.Globalization;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Numbers in the shortest text that reads back as the same bits.</summary>
internal static class NumberText
{
    public static string Of(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e'),
    };

    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A bucket's bound. OpenMetrics wants whole numbers with a fraction, so that a bound has one spelling.</summary>
    public static string OfBound(double bound, ExpositionFormat format)
    {
        string text = Of(bound);
        return format == ExpositionFormat.OpenMetrics && double.IsFinite(bound) && text.AsSpan().IndexOfAny('.', 'e') < 0 ? text + ".0" : text;
    }
}

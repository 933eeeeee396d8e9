using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Content types of the formats, and which of them a request prefers.</summary>
internal static class ExpositionFormats
{
    private const string OpenMetricsMediaType = "application/openmetrics-text";
    private const string TextMediaType = "text/plain";

    public static string ContentType(ExpositionFormat format) => format == ExpositionFormat.OpenMetrics
        ? $"{OpenMetricsMediaType}; version=1.0.0; charset=utf-8; escaping=underscores"
        : $"{TextMediaType}; version=0.0.4; charset=utf-8";

    /// <summary>The format of the highest quality, the first of equals, and the text format where the request accepts neither.</summary>
    public static ExpositionFormat Negotiate(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out IList<MediaTypeHeaderValue>? accepted))
        {
            return ExpositionFormat.Text;
        }

        // OrderByDescending keeps the order of equals.
        return accepted.Where(type => type.Quality is not 0).OrderByDescending(type => type.Quality ?? 1).Select(Format).FirstOrDefault(format => format is not null)
            ?? ExpositionFormat.Text;
    }

    // The standard says that OpenMetrics without a version means 1.0.0. Names are ASCII, so every escaping scheme is satisfied.
    private static ExpositionFormat? Format(MediaTypeHeaderValue type)
    {
        string? version = HeaderUtilities.RemoveQuotes(type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))?.Value ?? default).Value;
        if (type.MediaType.Equals(OpenMetricsMediaType, StringComparison.OrdinalIgnoreCase) && version is null or "1.0.0")
        {
            return ExpositionFormat.OpenMetrics;
        }

        return type.MediaType.Equals(TextMediaType, StringComparison.OrdinalIgnoreCase) && version is null or "0.0.4" ? ExpositionFormat.Text : null;
    }
}

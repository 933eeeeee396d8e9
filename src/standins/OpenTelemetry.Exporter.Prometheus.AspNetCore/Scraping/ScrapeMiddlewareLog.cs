using Microsoft.Extensions.Logging;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

internal static partial class ScrapeMiddlewareLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The metrics could not be collected for a scrape.")]
    public static partial void ScrapeFailed(this ILogger logger, Exception exception);
}

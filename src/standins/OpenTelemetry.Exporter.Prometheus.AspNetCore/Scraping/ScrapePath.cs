using Microsoft.AspNetCore.Http;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Paths as users write them, with or without the slash in front.</summary>
internal static class ScrapePath
{
    public static PathString Normalize(string? path)
    {
        string given = path ?? PrometheusAspNetCoreOptions.DefaultScrapeEndpointPath;
        return new PathString(given.StartsWith('/') ? given : "/" + given);
    }
}

namespace OpenTelemetry.Exporter;

/// <summary>How the scraping endpoint answers. Defaults are the official exporter's.</summary>
public class PrometheusAspNetCoreOptions
{
    internal const string DefaultScrapeEndpointPath = "/metrics";

    /// <summary>Path of the endpoint where the caller names none. Default <c>/metrics</c>.</summary>
    public string? ScrapeEndpointPath { get; set; } = DefaultScrapeEndpointPath;

    /// <summary>Leaves counters without <c>_total</c> in the text format; OpenMetrics demands it. Default false.</summary>
    public bool DisableTotalNameSuffixForCounters { get; set; }

    /// <summary>Labels each sample with its meter's name, version and tags (<c>otel_scope_*</c>). Default true.</summary>
    public bool ScopeInfoEnabled { get; set; } = true;

    /// <summary>How long a response is served again, in milliseconds; 0 collects for each scrape. Default 300.</summary>
    public int ScrapeResponseCacheDurationMilliseconds { get; set; } = 300;

    /// <summary>Writes the resource's attributes as the labels of <c>target_info</c>. Default true.</summary>
    public bool TargetInfoEnabled { get; set; } = true;

    /// <summary>Chooses resource attributes, by key, that become labels of every sample. Default none.</summary>
    public Func<string, bool>? ResourceConstantLabels { get; set; }
}

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>A collected response, the time of day it was collected at, and that moment on the monotonic clock.</summary>
internal sealed record Scrape(ReadOnlyMemory<byte> Content, DateTimeOffset CollectedAt, long Timestamp);

using OpenTelemetry.Exporter.Prometheus.Exposition;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>
/// One response a format: scrapes that arrive while it is collected share it, and so do those within the cache's duration. The SDK
/// collects for one scrape at a time. Thread-safe.
/// </summary>
/// <remarks>Freshness is measured on the monotonic clock, so that a correction of the time of day does not serve old values.</remarks>
internal sealed class ScrapeCache(Func<ExpositionFormat, byte[]> collect, TimeSpan duration, TimeProvider time)
{
    private readonly Lock _entriesLock = new();
    private readonly Lock _collectLock = new();
    private readonly Dictionary<ExpositionFormat, Task<Scrape>> _entries = [];

    public Task<Scrape> ScrapeAsync(ExpositionFormat format, CancellationToken cancellationToken)
    {
        lock (_entriesLock)
        {
            if (!_entries.TryGetValue(format, out Task<Scrape>? entry) || !IsUsable(entry))
            {
                // Off the request's thread: a scrape that gives up does not take the collection of the others with it.
                entry = Task.Run(() => Collect(format), CancellationToken.None);
                _entries[format] = entry;
            }

            return entry.WaitAsync(cancellationToken);
        }
    }

    private bool IsUsable(Task<Scrape> entry) =>
        !entry.IsCompleted || (entry.IsCompletedSuccessfully && time.GetElapsedTime(entry.Result.Timestamp) < duration);

    private Scrape Collect(ExpositionFormat format)
    {
        lock (_collectLock)
        {
            byte[] content = collect(format);
            return new Scrape(content, time.GetUtcNow(), time.GetTimestamp());
        }
    }
}

using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>The SDK's side: hands over the metrics when a scrape asks for them.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly ExpositionOptions _options;
    private ExpositionFormat _format;
    private byte[] _exported = [];

    public PrometheusExporter(PrometheusAspNetCoreOptions options)
    {
        _options = ExpositionOptions.From(options);
        Scrapes = new ScrapeCache(Collected, TimeSpan.FromMilliseconds(options.ScrapeResponseCacheDurationMilliseconds), TimeProvider.System);
        ExporterRegistry.Add(this);
    }

    /// <summary>Set by the reader: collects now and calls <see cref="Export"/> before it returns.</summary>
    public Func<int, bool>? Collect { get; set; }

    public ScrapeCache Scrapes { get; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        _exported = Exposer.Write(batch, ParentProvider.GetResource(), _format, _options);
        return ExportResult.Success;
    }

    protected override void Dispose(bool disposing)
    {
        ExporterRegistry.Remove(this);
        base.Dispose(disposing);
    }

    // The cache calls this for one scrape at a time, so that the fields belong to that scrape.
    private byte[] Collected(ExpositionFormat format)
    {
        _format = format;
        _exported = [];
        if (Collect is null || !Collect(Timeout.Infinite))
        {
            throw new InvalidOperationException("The meter provider could not collect its metrics.");
        }

        return _exported;
    }
}

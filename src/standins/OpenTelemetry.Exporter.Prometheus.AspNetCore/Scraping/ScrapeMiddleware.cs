using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Answers a scrape: negotiates the format, waits no longer than the scraper says, compresses where that is accepted.</summary>
internal sealed class ScrapeMiddleware
{
    private const string TimeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds";
    private readonly PrometheusExporter? _exporter;
    private readonly ILogger<ScrapeMiddleware> _logger;

    public ScrapeMiddleware(RequestDelegate next, MeterProvider meterProvider, ILogger<ScrapeMiddleware> logger)
    {
        ArgumentNullException.ThrowIfNull(next);
        _logger = logger;
        if (!ExporterRegistry.TryFind(meterProvider, out _exporter) && !IsSdkDisabled())
        {
            throw new ArgumentException("The meter provider has no Prometheus exporter; call AddPrometheusExporter on its builder.", nameof(meterProvider));
        }
    }

    public async Task InvokeAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        // A disabled SDK has nothing to say, which is no error.
        if (_exporter is null)
        {
            return;
        }

        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (Timeout(context.Request) is { } timeout)
        {
            deadline.CancelAfter(timeout);
        }

        try
        {
            ExpositionFormat format = ExpositionFormats.Negotiate(context.Request.Headers.Accept);
            Scrape scrape = await _exporter.Scrapes.ScrapeAsync(format, deadline.Token).ConfigureAwait(false);
            await WriteAsync(context, scrape, format, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            SetStatus(response, StatusCodes.Status408RequestTimeout);
        }
#pragma warning disable CA1031 // Whatever an observed instrument throws: the scraper is told, and the process goes on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _logger.ScrapeFailed(error);
            SetStatus(response, StatusCodes.Status500InternalServerError);
        }
    }

    private static async Task WriteAsync(HttpContext context, Scrape scrape, ExpositionFormat format, CancellationToken cancellationToken)
    {
        HttpResponse response = context.Response;
        response.ContentType = ExpositionFormats.ContentType(format);
        response.Headers.LastModified = scrape.CollectedAt.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.Accept, HeaderNames.AcceptEncoding);
        if (!AcceptsGzip(context.Request))
        {
            response.ContentLength = scrape.Content.Length;
            await response.Body.WriteAsync(scrape.Content, cancellationToken).ConfigureAwait(false);
            return;
        }

        response.Headers.ContentEncoding = "gzip";
        GZipStream gzip = new(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
        {
            await gzip.WriteAsync(scrape.Content, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void SetStatus(HttpResponse response, int status)
    {
        if (!response.HasStarted)
        {
            response.Clear();
            response.StatusCode = status;
        }
    }

    private static TimeSpan? Timeout(HttpRequest request) =>
        double.TryParse(request.Headers[TimeoutHeader], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
        && seconds is >= 0.001 and <= int.MaxValue / 1000
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static bool AcceptsGzip(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out IList<StringWithQualityHeaderValue>? encodings)
        && encodings.Any(encoding => encoding.Quality is not 0 && encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase));

    private static bool IsSdkDisabled() => bool.TryParse(Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED"), out bool disabled) && disabled;
}

using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Tests.Hosting;
using ProjectedGan.Testing.Prometheus;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Peers;

/// <summary>What Prometheus itself makes of our text.</summary>
public class PrometheusTests
{
    [Fact]
    public async Task Promtool_AWellNamedMeter_FindsNothing()
    {
        await using MetricsHost host = await MetricsHost.StartAsync();
        Record(host.Meter);

        Assert.Equal("", await Promtool.CheckMetricsAsync(await host.ScrapeAsync(MetricsHost.Text)));
    }

    [Fact]
    public async Task Promtool_ABadlyNamedMeter_Complains()
    {
        await using MetricsHost host = await MetricsHost.StartAsync();
        host.Meter.CreateGauge<double>("duration", "ms").Record(1);

        Assert.Contains("duration_milliseconds", await Promtool.CheckMetricsAsync(await host.ScrapeAsync(MetricsHost.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrometheusServer_ScrapesBothFormats_AndKnowsTheValues()
    {
        await using MetricsHost open = await MetricsHost.StartAsync();
        await using MetricsHost text = await MetricsHost.StartWithAsync(_ => { }, application =>
        {
            // The server asks for OpenMetrics first; without its wish it gets the text format.
            application.Use((context, next) =>
            {
                context.Request.Headers.Accept = default;
                return next(context);
            });
            application.UseOpenTelemetryPrometheusScrapingEndpoint();
        });
        Record(open.Meter);
        Record(text.Meter);
        await using PrometheusServer server = await PrometheusServer.StartAsync(("open", open.Address), ("text", text.Address));

        foreach (string job in (string[])["open", "text"])
        {
            var images = Assert.Single(await server.QueryAsync($"images_total{{job=\"{job}\"}}"));
            Assert.Equal(12, images.Value);
            Assert.Equal("a \"b\"\\\n", images.Labels["phase"]);
            Assert.Equal("1.2", images.Labels["otel_scope_version"]);
            Assert.Equal(2, Assert.Single(await server.QueryAsync($"step_duration_seconds_count{{job=\"{job}\"}}")).Value);
            Assert.Equal(1, Assert.Single(await server.QueryAsync($"step_duration_seconds_bucket{{job=\"{job}\",le=~\"1|1.0\"}}")).Value);
            Assert.Equal(-0.25, Assert.Single(await server.QueryAsync($"loss{{job=\"{job}\"}}")).Value);
            Assert.Equal("tests", Assert.Single(await server.QueryAsync($"target_info{{job=\"{job}\"}}")).Labels["service_name"]);
            Assert.Equal(1, Assert.Single(await server.QueryAsync($"up{{job=\"{job}\"}} == 1")).Value);
        }

        // Only OpenMetrics says since when a counter counts.
        Assert.Equal("open", Assert.Single(await server.QueryAsync("images_created")).Labels["job"]);
    }

    private static void Record(Meter meter)
    {
        meter.CreateCounter<long>("images", "{image}", "Images trained on.").Add(12, new KeyValuePair<string, object?>("phase", "a \"b\"\\\n"));
        meter.CreateGauge<double>("loss", "1", "Mean loss.").Record(-0.25);
        Histogram<double> durations = meter.CreateHistogram("step.duration", "s", "Time of a step.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2.5] });
        durations.Record(0.5);
        durations.Record(3);
    }
}

using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ProjectedGan.Telemetry.Tests.Metrics;
using ProjectedGan.Telemetry.Tracing;

namespace ProjectedGan.Telemetry.Tests.Hosting;

/// <summary>Export to a collector, by the usual variables.</summary>
public class OtlpExportTests
{
    [Fact]
    public async Task Endpoint_InTheVariables_GetsMetricsAndTraces()
    {
        ConcurrentDictionary<string, string> received = [];
        await using var collector = await CollectorAsync(received);
        await using (var host = await NodeHost.StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")))
        {
            Measurements.RecordAll(host);
            using var submit = Spans.StartSubmit();
            Assert.NotNull(submit);
        }

        // The host's end flushes.
        Assert.Contains("pgan.training.images", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("node-1", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains(Spans.SubmitName, received["/v1/traces"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sampler_InTheVariables_Wins()
    {
        ConcurrentDictionary<string, string> received = [];
        await using var collector = await CollectorAsync(received);
        (string, string)[] variables =
            [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.Urls.Single() + "/v1/traces"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_TRACES_SAMPLER", "always_off")];
        await using (var host = await NodeHost.StartAsync(variables))
        {
            using var submit = Spans.StartSubmit();
            Assert.False(submit?.Recorded ?? false);
        }

        Assert.Empty(received);
    }

    [Fact]
    public async Task Endpoint_Unset_ListensToNoTraces()
    {
        await using var host = await NodeHost.StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", ""));

        Assert.Null(Spans.StartSubmit());
    }

    [Fact]
    public async Task Exporter_None_ListensToNoTraces()
    {
        await using var host = await NodeHost.StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_TRACES_EXPORTER", "none"), ("OTEL_METRICS_EXPORTER", "none"));

        Assert.Null(Spans.StartSubmit());
    }

    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using MemoryStream body = new();
            await request.Body.CopyToAsync(body);
            // Names and values are plain UTF-8 inside the protocol buffer.
            received.AddOrUpdate(request.Path, _ => Encoding.UTF8.GetString(body.ToArray()), (_, before) => before + Encoding.UTF8.GetString(body.ToArray()));
        });
        await application.StartAsync();
        return application;
    }
}

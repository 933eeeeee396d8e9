using System.Net;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Exporter.Prometheus.Tests.Hosting;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Scraping;

public class ScrapingTests
{
    private const int Forever = 3_600_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(Forever, 1)]
    [InlineData(0, 2)]
    public async Task SecondScrape_WithinTheCachesDuration_IsTheFirstOnesResponse(int duration, int expectedCollections)
    {
        await using MetricsHost host = await MetricsHost.StartAsync(options => options.ScrapeResponseCacheDurationMilliseconds = duration);
        int collections = 0;
        host.Meter.CreateObservableGauge("collections", () => Interlocked.Increment(ref collections));

        await host.ScrapeAsync(MetricsHost.Text);
        string second = await host.ScrapeAsync(MetricsHost.Text);

        Assert.Equal(expectedCollections, collections);
        Assert.EndsWith($"}} {expectedCollections}\n", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherFormat_WithinTheCachesDuration_IsNotMixedUp()
    {
        await using MetricsHost host = await MetricsHost.StartAsync(options => options.ScrapeResponseCacheDurationMilliseconds = Forever);
        host.Meter.CreateGauge<int>("name").Record(1);

        Assert.DoesNotContain("# EOF", await host.ScrapeAsync(MetricsHost.Text), StringComparison.Ordinal);
        Assert.Contains("# EOF", await host.ScrapeAsync(MetricsHost.OpenMetrics), StringComparison.Ordinal);
        Assert.DoesNotContain("# EOF", await host.ScrapeAsync(MetricsHost.Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConcurrentScrapes_OfBothFormats_AllGetWholeResponses()
    {
        await using MetricsHost host = await MetricsHost.StartAsync(options => options.ScrapeResponseCacheDurationMilliseconds = 0);
        var counter = host.Meter.CreateCounter<long>("hits");
        Task<string>[] scrapes = [.. Enumerable.Range(0, 64).Select(async index =>
        {
            counter.Add(1, new KeyValuePair<string, object?>("index", index % 4));
            return await host.ScrapeAsync(index % 2 == 0 ? MetricsHost.Text : MetricsHost.OpenMetrics);
        })];

        string[] responses = await Task.WhenAll(scrapes).WaitAsync(Patience);

        Assert.All(responses, response => Assert.Contains("hits_total{", response, StringComparison.Ordinal));
        Assert.Equal(32, responses.Count(response => response.EndsWith("# EOF\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Scrape_SlowerThanTheScraperWaits_IsGivenUp()
    {
        await using MetricsHost host = await MetricsHost.StartAsync();
        using ManualResetEventSlim release = new();
        host.Meter.CreateObservableGauge("slow", () =>
        {
            Assert.True(release.Wait(Patience), "The test did not end in time.");
            return 1;
        });

        Task<HttpResponseMessage> scrape = host.SendAsync(MetricsHost.Text, ("X-Prometheus-Scrape-Timeout-Seconds", "0.05"));
        HttpStatusCode status = (await scrape.WaitAsync(Patience)).StatusCode;
        release.Set();

        Assert.Equal(HttpStatusCode.RequestTimeout, status);
    }

    [Fact]
    public async Task Endpoint_ByMiddleware_AnswersAtItsPath()
    {
        await using MetricsHost host = await MetricsHost.StartWithAsync(_ => { }, application => application.UseOpenTelemetryPrometheusScrapingEndpoint("internal/metrics"));
        host.Meter.CreateGauge<int>("name").Record(1);

        Assert.Contains("\nname{", await host.Client.GetStringAsync(new Uri("internal/metrics", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(MetricsHost.Text)).StatusCode);
    }

    [Fact]
    public async Task Endpoint_ByPredicate_AnswersWhereItHolds()
    {
        await using MetricsHost host = await MetricsHost.StartWithAsync(
            _ => { }, application => application.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Request.Query.ContainsKey("mine")));
        host.Meter.CreateGauge<int>("name").Record(1);

        Assert.Contains("\nname{", await host.Client.GetStringAsync(new Uri("any?mine=1", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(MetricsHost.Text)).StatusCode);
    }

    [Fact]
    public async Task Endpoint_OfAProviderWithoutExporter_IsRefused()
    {
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter("none").Build();

        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            MetricsHost.StartWithAsync(_ => { }, application => application.MapPrometheusScrapingEndpoint("/metrics", provider, null, null)));

        Assert.Contains("exporter", error.Message, StringComparison.OrdinalIgnoreCase);
    }
}

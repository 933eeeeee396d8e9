using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Hosting;

/// <summary>A web server with the exporter, on a port of its own, and one meter that nobody else listens to.</summary>
internal sealed class MetricsHost : IAsyncDisposable
{
    public const string OpenMetrics = "application/openmetrics-text;version=1.0.0";
    public const string Text = "text/plain;version=0.0.4";

    private readonly WebApplication _application;

    private MetricsHost(WebApplication application, Meter meter)
    {
        _application = application;
        Meter = meter;
        string address = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public Meter Meter { get; }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public static Task<MetricsHost> StartAsync(Action<PrometheusAspNetCoreOptions>? configure = null) =>
        StartAsync(configure ?? (_ => { }), application => application.MapPrometheusScrapingEndpoint(), $"test.{Guid.NewGuid():N}");

    public static Task<MetricsHost> StartNamedAsync(string meter, Action<PrometheusAspNetCoreOptions> configure) =>
        StartAsync(configure, application => application.MapPrometheusScrapingEndpoint(), meter);

    public static Task<MetricsHost> StartWithAsync(Action<PrometheusAspNetCoreOptions> configure, Action<WebApplication> map) =>
        StartAsync(configure, map, $"test.{Guid.NewGuid():N}");

    /// <summary>The body in the format that the Accept header asks for.</summary>
    public async Task<string> ScrapeAsync(string accept)
    {
        using HttpResponseMessage response = await SendAsync(accept);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    public Task<HttpResponseMessage> SendAsync(string accept, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(HttpMethod.Get, new Uri("metrics", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Meter.Dispose();
        await _application.DisposeAsync();
    }

    private static async Task<MetricsHost> StartAsync(Action<PrometheusAspNetCoreOptions> configure, Action<WebApplication> map, string name)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Meter meter = new(name, "1.2");
        builder.Services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder()
            .AddMeter(name)
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes([new("service.name", "tests"), new("service.instance.id", "one")]))
            .AddPrometheusExporter(configure)
            .Build());
        WebApplication application = builder.Build();
        map(application);
        await application.StartAsync();
        return new MetricsHost(application, meter);
    }
}

using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProjectedGan.Telemetry.Hosting;

namespace ProjectedGan.Telemetry.Tests.Hosting;

/// <summary>A web server with a node's telemetry, on a port of its own.</summary>
internal sealed partial class NodeHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly HttpClient _client;

    private NodeHost(WebApplication application)
    {
        _application = application;
        Address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        _client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public static TelemetryOptions Options { get; } = new()
    {
        Role = "worker",
        Version = "1.2.3",
        Commit = "0123abc",
        LibtorchVersion = "1.13.1",
        InstanceId = "node-1",
        ResourceAttributes = new Dictionary<string, string> { ["pgan.device.kind"] = "cpu" },
    };

    public static async Task<NodeHost> StartAsync(params (string Name, string Value)[] variables)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(variables.ToDictionary(variable => variable.Name, string? (variable) => variable.Value));
        builder.AddPganTelemetry(Options);
        var application = builder.Build();
        application.MapPganMetrics();
        application.MapGet("/", () => "hello");
        await application.StartAsync();
        return new NodeHost(application);
    }

    public T Get<T>()
        where T : notnull => _application.Services.GetRequiredService<T>();

    public Task<string> GetAsync(string path) => _client.GetStringAsync(new Uri(path, UriKind.Relative));

    public Task<string> ScrapeAsync() => GetAsync("metrics");

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _application.DisposeAsync();
    }

    /// <summary>The names that a text shows as families.</summary>
    public static string[] Families(string text) => [.. Family().Matches(text).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    [GeneratedRegex("^# TYPE ([^ ]+) ", RegexOptions.Multiline)]
    private static partial Regex Family();
}

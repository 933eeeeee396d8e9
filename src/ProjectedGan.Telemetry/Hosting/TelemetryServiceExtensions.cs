using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Collectives;
using ProjectedGan.Telemetry.Coordination;
using ProjectedGan.Telemetry.Evaluation;
using ProjectedGan.Telemetry.Security;
using ProjectedGan.Telemetry.Tracing;
using ProjectedGan.Telemetry.Training;

namespace ProjectedGan.Telemetry.Hosting;

/// <summary>Meters, traces and their export for a node.</summary>
public static class TelemetryServiceExtensions
{
    /// <summary>Where Prometheus scrapes.</summary>
    public const string MetricsPath = "/metrics";

    private static readonly string[] Meters =
        ["ProjectedGan.*", "System.Runtime", "System.Net.Http", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    // A gauge whose name ends in "count" looks like a histogram's count to Prometheus, and promtool complains of it.
    private static readonly (string Instrument, string Name)[] Renamed =
        [("dotnet.assembly.count", "dotnet.assemblies"), ("dotnet.process.cpu.count", "dotnet.process.cpus"), ("dotnet.timer.count", "dotnet.timers")];

    /// <summary>
    /// Adds the instrument classes (made when first asked for, so that a node shows only what it measures), the meters and, where an OTLP
    /// endpoint is configured, the traces: without one nobody listens, and spans cost nothing. The configuration of the host, with its
    /// environment variables, decides the export.
    /// </summary>
    public static void AddPganTelemetry(this IHostApplicationBuilder builder, TelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options)
            .AddSingleton<BuildInstruments>()
            .AddSingleton<TrainingInstruments>()
            .AddSingleton<CollectiveInstruments>()
            .AddSingleton<CoordinationInstruments>()
            .AddSingleton<EvaluationInstruments>()
            .AddSingleton<ArtifactInstruments>()
            .AddSingleton<CertificateInstruments>();
        var export = ExportSettings.From(builder.Configuration);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => NodeResource.Describe(resource, options))
            .WithMetrics(metrics => Collect(metrics, export));
        if (export.Traces)
        {
            telemetry.WithTracing(traces => Trace(traces, options, export));
        }
    }

    /// <summary>Answers scrapes at <see cref="MetricsPath"/>. Scrapes are not counted among the requests that they report.</summary>
    public static IEndpointConventionBuilder MapPganMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint(MetricsPath).DisableHttpMetrics();

    private static void Collect(MeterProviderBuilder metrics, ExportSettings export)
    {
        metrics.AddMeter(Meters).AddInstrumentation(services => services.GetRequiredService<BuildInstruments>());
        foreach ((var instrument, var name) in Renamed)
        {
            metrics.AddView(instrument, name);
        }

        metrics.AddPrometheusExporter();
        if (export.Metrics)
        {
            metrics.AddOtlpExporter();
        }
    }

    private static void Trace(TracerProviderBuilder traces, TelemetryOptions options, ExportSettings export)
    {
        traces.AddSource("ProjectedGan.*").AddOtlpExporter();
        // A sampler that is set here would win over the variable.
        if (!export.SamplerIsChosen)
        {
            traces.SetSampler(new ParentBasedSampler(new RootSampler(options.IterationTraceRatio)));
        }
    }
}

/// <summary>Who a node is and how much of its traces is kept.</summary>
public sealed record TelemetryOptions
{
    /// <summary><c>service.name</c>; the variable OTEL_SERVICE_NAME wins over it.</summary>
    public string ServiceName { get; init; } = "projectedgan";

    /// <summary><c>pgan.role</c>: coordinator, worker or evaluator.</summary>
    public required string Role { get; init; }

    /// <summary><c>service.version</c>, and the version that <c>pgan_build_info</c> shows.</summary>
    public required string Version { get; init; }

    /// <summary>The commit it was built from, where that is known.</summary>
    public string? Commit { get; init; }

    /// <summary>The libtorch that is loaded; null on nodes that load none.</summary>
    public string? LibtorchVersion { get; init; }

    /// <summary><c>service.instance.id</c>, which tells nodes of one role apart. Default: a new one for each process.</summary>
    public string InstanceId { get; init; } = Guid.NewGuid().ToString();

    /// <summary>More attributes of the resource; OTEL_RESOURCE_ATTRIBUTES wins over them.</summary>
    public IReadOnlyDictionary<string, string> ResourceAttributes { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Share of training iterations that are traced, 0 to 1, where OTEL_TRACES_SAMPLER does not decide. An iteration takes well under a second
    /// and a run has up to millions.
    /// </summary>
    public double IterationTraceRatio { get; init; } = 0.001;
}

/// <summary>What the usual OpenTelemetry variables say about export.</summary>
internal sealed record ExportSettings(bool Metrics, bool Traces, bool SamplerIsChosen)
{
    public static ExportSettings From(IConfiguration configuration) => new(
        IsWanted(configuration, "METRICS"), IsWanted(configuration, "TRACES"), IsSet(configuration["OTEL_TRACES_SAMPLER"]));

    private static bool IsWanted(IConfiguration configuration, string signal) =>
        (IsSet(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) || IsSet(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]))
        && !string.Equals(configuration[$"OTEL_{signal}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase);

    // The specification reads an empty variable as an unset one.
    private static bool IsSet(string? value) => !string.IsNullOrWhiteSpace(value);
}

/// <summary>The attributes of everything that a node exports.</summary>
internal static class NodeResource
{
    public static void Describe(ResourceBuilder resource, TelemetryOptions options)
    {
        KeyValuePair<string, object>[] own =
        [
            new("service.name", options.ServiceName),
            new("service.version", options.Version),
            new("service.instance.id", options.InstanceId),
            new("pgan.role", options.Role),
        ];
        // What comes later wins: the operator's variables come last.
        resource.Clear().AddTelemetrySdk().AddAttributes(own)
            .AddAttributes(options.ResourceAttributes.Select(attribute => new KeyValuePair<string, object>(attribute.Key, attribute.Value)))
            .AddEnvironmentVariableDetector();
    }
}

/// <summary>What runs: a gauge that is always 1, with the versions as attributes.</summary>
public sealed class BuildInstruments
{
    public BuildInstruments(IMeterFactory factory, TelemetryOptions options)
    {
        KeyValuePair<string, object?>[] attributes =
        [
            new("version", options.Version),
            new("commit", options.Commit ?? ""),
            new("libtorch", options.LibtorchVersion ?? ""),
            new("dotnet", Environment.Version.ToString()),
        ];
        factory.Create("ProjectedGan.Telemetry").CreateObservableGauge(
            "pgan.build.info", () => new Measurement<int>(1, attributes), "1", "Versions of the node's program and of what it runs on.");
    }
}

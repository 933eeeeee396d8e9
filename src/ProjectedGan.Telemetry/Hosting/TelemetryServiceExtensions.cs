using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
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
        ExportSettings export = ExportSettings.From(builder.Configuration);
        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry()
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
        foreach ((string instrument, string name) in Renamed)
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

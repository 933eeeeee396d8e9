using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Collectives;
using ProjectedGan.Telemetry.Coordination;
using ProjectedGan.Telemetry.Evaluation;
using ProjectedGan.Telemetry.Security;
using ProjectedGan.Telemetry.Training;

namespace ProjectedGan.Telemetry.Hosting;

/// <summary>Meters, traces and their export for a node.</summary>
public static class TelemetryServiceExtensions
{
    /// <summary>Where Prometheus scrapes.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>
    /// Adds the instrument classes (made when first asked for, so that a node shows only what it measures), the meter provider and, where an
    /// OTLP endpoint is configured, the tracer provider. The configuration of the host, with its environment variables, decides the export.
    /// </summary>
    public static IServiceCollection AddPganTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<BuildInstruments>();
        services.AddSingleton<TrainingInstruments>();
        services.AddSingleton<CollectiveInstruments>();
        services.AddSingleton<CoordinationInstruments>();
        services.AddSingleton<EvaluationInstruments>();
        services.AddSingleton<ArtifactInstruments>();
        services.AddSingleton<CertificateInstruments>();
        services.AddSingleton(provider => MeterPipeline.Build(options, Configuration(provider)));
        services.AddSingleton(provider => new TracerPipeline(options, Configuration(provider)));
        services.AddHostedService<TelemetryStarter>();
        return services;
    }

    /// <summary>Answers scrapes at <see cref="MetricsPath"/>. Scrapes are not counted among the requests that they report.</summary>
    public static IEndpointConventionBuilder MapPganMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint(MetricsPath).DisableHttpMetrics();

    private static IConfiguration Configuration(IServiceProvider services) =>
        services.GetService<IConfiguration>() ?? new ConfigurationBuilder().AddEnvironmentVariables().Build();
}

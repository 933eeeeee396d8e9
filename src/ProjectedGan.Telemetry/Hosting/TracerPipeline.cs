using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using ProjectedGan.Telemetry.Tracing;

namespace ProjectedGan.Telemetry.Hosting;

/// <summary>Which traces are kept. They go to the OTLP endpoint; without one nobody listens, and spans cost nothing.</summary>
internal sealed class TracerPipeline(TelemetryOptions options, IConfiguration configuration) : IDisposable
{
    private readonly TracerProvider? _provider = ExportSettings.From(configuration).Traces ? Build(options, configuration) : null;

    public void Dispose() => _provider?.Dispose();

    private static TracerProvider Build(TelemetryOptions options, IConfiguration configuration)
    {
        TracerProviderBuilder builder = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .ConfigureResource(resource => NodeResource.Describe(resource, options))
            .AddSource("ProjectedGan.*")
            .AddOtlpExporter();
        // A sampler that is set here would win over the variable.
        if (!ExportSettings.From(configuration).SamplerIsChosen)
        {
            builder.SetSampler(new ParentBasedSampler(new RootSampler(options.IterationTraceRatio)));
        }

        return builder.Build();
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;

namespace ProjectedGan.Telemetry.Hosting;

/// <summary>Makes the providers when the host starts, before anything is measured; the container flushes and ends them with the host.</summary>
internal sealed class TelemetryStarter(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<MeterProvider>();
        services.GetRequiredService<TracerPipeline>();
        services.GetRequiredService<BuildInstruments>();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

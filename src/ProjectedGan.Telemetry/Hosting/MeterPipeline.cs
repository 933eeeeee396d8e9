using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ProjectedGan.Telemetry.Hosting;

/// <summary>Which meters are collected, under which names, and where they go.</summary>
internal static class MeterPipeline
{
    private static readonly string[] Meters =
        ["ProjectedGan.*", "System.Runtime", "System.Net.Http", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    // A gauge whose name ends in "count" looks like a histogram's count to Prometheus, and promtool complains of it.
    private static readonly (string Instrument, string Name)[] Renamed =
        [("dotnet.assembly.count", "dotnet.assemblies"), ("dotnet.process.cpu.count", "dotnet.process.cpus"), ("dotnet.timer.count", "dotnet.timers")];

    public static MeterProvider Build(TelemetryOptions options, IConfiguration configuration)
    {
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .ConfigureResource(resource => NodeResource.Describe(resource, options))
            .AddMeter(Meters);
        foreach ((string instrument, string name) in Renamed)
        {
            builder.AddView(instrument, name);
        }

        builder.AddPrometheusExporter();
        if (ExportSettings.From(configuration).Metrics)
        {
            builder.AddOtlpExporter();
        }

        return builder.Build();
    }
}

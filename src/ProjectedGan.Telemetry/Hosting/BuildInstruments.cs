using System.Diagnostics.Metrics;

namespace ProjectedGan.Telemetry.Hosting;

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

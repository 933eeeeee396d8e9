using Microsoft.Extensions.Configuration;

namespace ProjectedGan.Telemetry.Hosting;

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

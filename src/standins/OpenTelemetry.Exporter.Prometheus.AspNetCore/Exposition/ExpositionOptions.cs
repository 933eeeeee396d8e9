namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>What of the public options shapes the text, read once.</summary>
internal sealed record ExpositionOptions
{
    public bool TotalSuffix { get; init; } = true;

    public bool ScopeLabels { get; init; } = true;

    public bool TargetInfo { get; init; } = true;

    public Func<string, bool> IsConstantLabel { get; init; } = static _ => false;

    public static ExpositionOptions From(PrometheusAspNetCoreOptions options) => new()
    {
        TotalSuffix = !options.DisableTotalNameSuffixForCounters,
        ScopeLabels = options.ScopeInfoEnabled,
        TargetInfo = options.TargetInfoEnabled,
        IsConstantLabel = options.ResourceConstantLabels ?? (static _ => false),
    };
}

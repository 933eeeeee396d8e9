using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Prometheus' type of a metric family.</summary>
internal enum FamilyKind
{
    /// <summary>Goes up only.</summary>
    Counter,

    /// <summary>Goes up and down: gauges and up-down counters.</summary>
    Gauge,

    /// <summary>Explicit buckets.</summary>
    Histogram,
}

internal static class FamilyKinds
{
    /// <summary>The family's kind; null for exponential histograms, which neither text format can show.</summary>
    public static FamilyKind? Of(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => FamilyKind.Counter,
        MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => FamilyKind.Gauge,
        MetricType.Histogram => FamilyKind.Histogram,
        _ => null,
    };

    public static string Text(FamilyKind kind) => kind switch
    {
        FamilyKind.Counter => "counter",
        FamilyKind.Gauge => "gauge",
        _ => "histogram",
    };
}

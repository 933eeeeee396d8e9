using System.Diagnostics.Metrics;

namespace ProjectedGan.Telemetry.Gauges;

/// <summary>Bounds of histograms of durations, in seconds.</summary>
internal static class DurationBuckets
{
    /// <summary>From a phase of a tiny network to an iteration of a large one on a CPU.</summary>
    public static readonly InstrumentAdvice<double> Steps = Advice(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);

    /// <summary>Evaluations and state transfers.</summary>
    public static readonly InstrumentAdvice<double> Jobs = Advice(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600);

    private static InstrumentAdvice<double> Advice(params double[] bounds) => new() { HistogramBucketBoundaries = bounds };
}

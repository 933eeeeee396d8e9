namespace ProjectedGan.Cli.Reports;

/// <summary>One measurement of a run.</summary>
/// <param name="Images">Real images shown until then.</param>
/// <param name="Time">Training time until then.</param>
/// <param name="Value">The figure.</param>
/// <param name="Deviation">Its standard deviation over resamples; null where it was not measured.</param>
internal readonly record struct Measurement(long Images, TimeSpan Time, double Value, double? Deviation = null);

namespace ProjectedGan.Node.Reports;

/// <summary>One measurement of a run.</summary>
/// <param name="Images">Real images shown until then.</param>
/// <param name="Time">Training time until then.</param>
/// <param name="Value">The figure.</param>
internal readonly record struct Measurement(long Images, TimeSpan Time, double Value);

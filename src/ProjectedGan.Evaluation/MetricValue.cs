using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Evaluation;

/// <summary>One figure and what it was measured on: a distance from few samples is larger than one from many.</summary>
/// <param name="Name">As <see cref="MetricName"/> gives it.</param>
/// <param name="Value">The figure.</param>
/// <param name="Network">The feature network.</param>
/// <param name="Generated">Number of generated images.</param>
/// <param name="Real">Number of real images; 0 where none take part.</param>
public sealed record MetricValue(string Name, double Value, string Network, long Generated, long Real)
{
    /// <summary>Spread of the figure where it has one: over splits, kernel subsets, or resamples of the generated samples.</summary>
    public double? StandardDeviation { get; init; }
}

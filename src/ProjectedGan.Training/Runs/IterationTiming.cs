using ProjectedGan.Training.Iteration;

namespace ProjectedGan.Training.Runs;

/// <summary>Where the time of one iteration went.</summary>
/// <param name="Iteration">Completed iterations, this one included.</param>
/// <param name="Duration">By the clock.</param>
/// <param name="Images">Real images that this worker's replicas saw.</param>
/// <param name="Parts">Times in the order of <see cref="IterationPart"/>; lanes that run side by side add up.</param>
public sealed record IterationTiming(long Iteration, TimeSpan Duration, int Images, IReadOnlyList<TimeSpan> Parts);

using ProjectedGan.Data.Ordering;

namespace ProjectedGan.Training.Iteration;

/// <summary>One phase of one replica in one iteration: what random draws are keyed by.</summary>
/// <param name="Iteration">From 0.</param>
/// <param name="Phase">The part of it.</param>
/// <param name="Replica">From 0 to V-1.</param>
public readonly record struct ReplicaMoment(long Iteration, RandomPhase Phase, int Replica);

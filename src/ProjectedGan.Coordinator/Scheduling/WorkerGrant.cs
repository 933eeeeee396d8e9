using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Scheduling;

/// <summary>Workers that an experiment gets or gives back.</summary>
internal sealed record WorkerGrant(string Experiment, ImmutableArray<WorkerOffer> Workers);

namespace ProjectedGan.Coordinator.Scheduling;

/// <summary>What a plan takes into account beside experiments and workers.</summary>
/// <param name="Now">The time.</param>
/// <param name="ReserveAfter">See <see cref="CoordinationOptions.ReserveAfter"/>.</param>
/// <param name="GiveBackAfter">See <see cref="CoordinationOptions.GiveBackAfter"/>.</param>
/// <param name="StrandedSince">Since when plans have found an experiment to be stranded; one that is left out was not in the last one.</param>
internal sealed record PlanOptions(DateTimeOffset Now, TimeSpan ReserveAfter, TimeSpan GiveBackAfter, IReadOnlyDictionary<string, DateTimeOffset> StrandedSince);

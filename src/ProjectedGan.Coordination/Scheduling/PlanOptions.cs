namespace ProjectedGan.Coordination.Scheduling;

/// <summary>What a plan takes into account beside experiments and workers.</summary>
/// <param name="Now">The time.</param>
/// <param name="ReserveAfter">See <see cref="CoordinationOptions.ReserveAfter"/>.</param>
internal sealed record PlanOptions(DateTimeOffset Now, TimeSpan ReserveAfter);

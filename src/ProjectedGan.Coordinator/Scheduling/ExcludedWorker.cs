namespace ProjectedGan.Coordinator.Scheduling;

/// <summary>A worker that an experiment does not take.</summary>
[GenerateSerializer, Immutable]
public sealed record ExcludedWorker
{
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>The end of its cool-down; <see cref="DateTimeOffset.MaxValue"/> for an expelled one.</summary>
    [Id(1)]
    public required DateTimeOffset Until { get; init; }

    /// <summary>In one line; empty in a state of an older version.</summary>
    [Id(2)]
    public string Reason { get; init; } = "";
}

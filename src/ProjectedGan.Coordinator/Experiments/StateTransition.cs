namespace ProjectedGan.Coordinator.Experiments;

/// <summary>An experiment came into a state.</summary>
[GenerateSerializer, Immutable]
public sealed record StateTransition
{
    [Id(0)]
    public required ExperimentState State { get; init; }

    /// <summary>Why, in one line.</summary>
    [Id(1)]
    public required string Reason { get; init; }

    [Id(2)]
    public required DateTimeOffset Time { get; init; }
}

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>A worker of a membership epoch and the replicas it hosts.</summary>
[GenerateSerializer, Immutable]
public sealed record EpochMember
{
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>Where peers reach it.</summary>
    [Id(1)]
    public required string Address { get; init; }

    [Id(2)]
    public required int FirstReplica { get; init; }

    [Id(3)]
    public required int ReplicaCount { get; init; }
}

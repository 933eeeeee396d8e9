using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Contracts;

/// <summary>
/// The iterations of one membership epoch. Together the records of an experiment cover every committed iteration exactly once. Of a very
/// large number the oldest one stands for those before it too.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record EpochRecord
{
    [Id(0)]
    public required long Epoch { get; init; }

    [Id(1)]
    public required long FirstIteration { get; init; }

    /// <summary>Behind the last one; equal to <see cref="FirstIteration"/> while nothing is known to be committed.</summary>
    [Id(2)]
    public required long EndIteration { get; init; }

    [Id(3)]
    public required ImmutableArray<EpochMember> Members { get; init; }

    /// <summary>Empty for the current epoch.</summary>
    [Id(4)]
    public string EndedBecause { get; init; } = "";

    [Id(5)]
    public required DateTimeOffset Began { get; init; }
}

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

/// <summary>What the members of a membership epoch are told.</summary>
public enum EpochPhase
{
    /// <summary>There are no members.</summary>
    None,

    /// <summary>Stop at an iteration's boundary.</summary>
    Holding,

    /// <summary>Train.</summary>
    Training,

    /// <summary>Stop at an iteration's boundary; the uploader sends a checkpoint.</summary>
    Stopping,
}

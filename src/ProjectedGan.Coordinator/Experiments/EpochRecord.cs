using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Experiments;

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

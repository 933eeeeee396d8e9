using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>A checkpoint that the coordinator holds.</summary>
[GenerateSerializer, Immutable]
public sealed record CheckpointRecord
{
    /// <summary>Completed iterations.</summary>
    [Id(0)]
    public required long Iteration { get; init; }

    [Id(1)]
    public required long Images { get; init; }

    [Id(2)]
    public required ImmutableArray<ArtifactReference> Files { get; init; }
}

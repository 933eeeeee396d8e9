using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>The files of a checkpoint or a snapshot.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentResult
{
    [Id(0)]
    public required long Iteration { get; init; }

    [Id(1)]
    public required long Images { get; init; }

    [Id(2)]
    public required ImmutableArray<ArtifactReference> Files { get; init; }
}

using ProjectedGan.Coordinator.Experiments;

namespace ProjectedGan.Coordinator.Workers;

/// <summary>What a node needs to work on an experiment.</summary>
[GenerateSerializer, Immutable]
public sealed record RunDescription
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required string SpecYaml { get; init; }

    [Id(2)]
    public required string SpecHash { get; init; }

    [Id(3)]
    public required string DatasetHash { get; init; }

    [Id(4)]
    public required ArtifactReference Dataset { get; init; }

    [Id(5)]
    public ArtifactReference? Weights { get; init; }

    /// <summary>The newest checkpoint.</summary>
    [Id(6)]
    public CheckpointRecord? Checkpoint { get; init; }

    /// <summary>Weights of the network that metrics use; null where it is the run's own feature network.</summary>
    [Id(7)]
    public ArtifactReference? MetricWeights { get; init; }
}

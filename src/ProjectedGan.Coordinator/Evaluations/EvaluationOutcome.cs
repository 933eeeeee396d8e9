using System.Collections.Immutable;
using ProjectedGan.Coordinator.Experiments;

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>What came of an evaluation.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluationOutcome
{
    /// <summary>In the spec's order; the first one decides which snapshot is the best.</summary>
    [Id(0)]
    public ImmutableArray<MetricRecord> Metrics { get; init; } = [];

    [Id(1)]
    public ArtifactReference? Grid { get; init; }

    /// <summary>Empty for success.</summary>
    [Id(2)]
    public string Error { get; init; } = "";

    [Id(3)]
    public TimeSpan Duration { get; init; }

    [Id(4)]
    public ArtifactReference? Walk { get; init; }

    [Id(5)]
    public ArtifactReference? Neighbours { get; init; }
}

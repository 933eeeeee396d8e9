using ProjectedGan.Coordinator.Experiments;
using ProjectedGan.Coordinator.Workers;

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>A snapshot to evaluate.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluationTask
{
    /// <summary>New for each attempt.</summary>
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required RunDescription Run { get; init; }

    [Id(2)]
    public required long Images { get; init; }

    [Id(3)]
    public required ArtifactReference Snapshot { get; init; }

    [Id(4)]
    public string TraceParent { get; init; } = "";

    /// <summary>Compute metrics; else only draw the grid.</summary>
    [Id(5)]
    public bool Measure { get; init; } = true;
}

using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Catalog;

/// <summary>Experiments, newest first.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentPage
{
    [Id(0)]
    public required ImmutableArray<ExperimentSummary> Experiments { get; init; }

    /// <summary>Empty on the last page.</summary>
    [Id(1)]
    public string NextPageToken { get; init; } = "";
}

using System.Collections.Immutable;
using ProjectedGan.Coordinator.Experiments;

namespace ProjectedGan.Coordinator.Catalog;

/// <summary>Which experiments to list.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentQuery
{
    /// <summary>Only those in one of these states; empty for all.</summary>
    [Id(0)]
    public ImmutableArray<ExperimentState> States { get; init; } = [];

    /// <summary>1 to 1,000.</summary>
    [Id(1)]
    public int PageSize { get; init; } = 100;

    /// <summary>What the page before said; empty for the first one.</summary>
    [Id(2)]
    public string PageToken { get; init; } = "";
}

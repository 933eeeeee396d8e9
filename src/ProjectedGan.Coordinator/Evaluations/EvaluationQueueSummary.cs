using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>The evaluation queue as an operator sees it.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluationQueueSummary
{
    [Id(0)]
    public required ImmutableArray<EvaluatorSummary> Evaluators { get; init; }

    /// <summary>Snapshots that wait.</summary>
    [Id(1)]
    public required int Queued { get; init; }

    /// <summary>Snapshots under evaluation.</summary>
    [Id(2)]
    public required int Running { get; init; }

    /// <summary>When the oldest waiting one was queued.</summary>
    [Id(3)]
    public DateTimeOffset? OldestQueued { get; init; }
}

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>An evaluator's heartbeat.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluatorStatus
{
    /// <summary>The task under way; empty when idle.</summary>
    [Id(0)]
    public string Task { get; init; } = "";

    /// <summary>0 to 1.</summary>
    [Id(1)]
    public double Progress { get; init; }

    [Id(2)]
    public bool Draining { get; init; }
}

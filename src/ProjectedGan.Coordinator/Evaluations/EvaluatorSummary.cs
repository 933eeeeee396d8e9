namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>An evaluator in a list.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluatorSummary
{
    [Id(0)]
    public required EvaluatorRegistration Registration { get; init; }

    /// <summary>idle, evaluating, draining or lost.</summary>
    [Id(1)]
    public required string State { get; init; }

    /// <summary>Empty without one.</summary>
    [Id(2)]
    public string Experiment { get; init; } = "";

    /// <summary>Images of the snapshot under evaluation.</summary>
    [Id(3)]
    public long Images { get; init; }

    /// <summary>0 to 1.</summary>
    [Id(4)]
    public double Progress { get; init; }

    [Id(5)]
    public DateTimeOffset Registered { get; init; }

    [Id(6)]
    public DateTimeOffset LastHeartbeat { get; init; }
}

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>What an evaluator should do; a higher version replaces a lower one.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluatorCommand
{
    [Id(0)]
    public required long Version { get; init; }

    /// <summary>Null: nothing; a task under way is dropped.</summary>
    [Id(1)]
    public EvaluationTask? Task { get; init; }
}

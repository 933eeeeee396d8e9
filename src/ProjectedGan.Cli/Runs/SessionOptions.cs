namespace ProjectedGan.Cli.Runs;

/// <summary>What a session does besides training; none of it can change the weights.</summary>
internal sealed record SessionOptions
{
    public TrainingBudget Budget { get; init; } = TrainingBudget.Unlimited;

    /// <summary>Generated images a Fréchet distance is measured on; 0 measures none, null takes the spec's <c>evaluation.samples</c>.</summary>
    public int? EvaluationSamples { get; init; }
}

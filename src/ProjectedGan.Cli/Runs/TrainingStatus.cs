namespace ProjectedGan.Cli.Runs;

/// <summary>What the progress view shows of a run at one moment.</summary>
internal sealed record TrainingStatus
{
    public required string Run { get; init; }

    public required long ImagesSeen { get; init; }

    public required double ImagesPerSecond { get; init; }

    public required double GeneratorLoss { get; init; }

    public required double DiscriminatorLoss { get; init; }

    /// <summary>Share of real images whose mean logit is positive, 0 to 1.</summary>
    public required double RealSignAccuracy { get; init; }

    /// <summary>Share of generated images whose mean logit is negative, 0 to 1.</summary>
    public required double FakeSignAccuracy { get; init; }

    /// <summary>The last measured Fréchet distance, if there is one yet, and the metric's name.</summary>
    public (string Metric, double Value, long ImagesSeen)? Distance { get; init; }

    /// <summary>Whether distances are measured at all.</summary>
    public bool IsMeasured { get; init; } = true;

    /// <summary>What is left of the budget, in time.</summary>
    public required TimeSpan Left { get; init; }

    /// <summary>Share of the budget that is used, 0 to 1.</summary>
    public required double Done { get; init; }
}

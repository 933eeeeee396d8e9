namespace ProjectedGan.Cli.Runs;

/// <summary>Ends a run by the clock, besides its spec's number of images.</summary>
/// <param name="TrainingTime">Time of training, over all sessions of the run; null for no limit.</param>
internal sealed record TrainingBudget(TimeSpan? TrainingTime)
{
    public static TrainingBudget Unlimited { get; } = new((TimeSpan?)null);
}

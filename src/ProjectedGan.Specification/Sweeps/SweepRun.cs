namespace ProjectedGan.Specification.Sweeps;

/// <summary>One run that a file describes.</summary>
/// <param name="Name">Its name among the file's runs, fit for a folder; empty where the file is a plain spec.</param>
/// <param name="Spec">What it trains.</param>
public sealed record SweepRun(string Name, TrainingSpec Spec)
{
    /// <summary>Names of combinations that have the same settings throughout: this run is theirs, too.</summary>
    public IReadOnlyList<string> AlsoNamed { get; init; } = [];
}

namespace ProjectedGan.Evaluation.Distances;

/// <summary>Which subsets a kernel distance averages over; the defaults are the reference's.</summary>
public sealed record KernelDistanceOptions
{
    /// <summary>Number of subsets, at least 1.</summary>
    public int Subsets { get; init; } = 100;

    /// <summary>Largest number of samples of each kind in a subset, at least 2; a smaller set is used whole.</summary>
    public int SubsetSize { get; init; } = 1000;

    /// <summary>Seed of the drawing of subsets.</summary>
    public long Seed { get; init; }
}

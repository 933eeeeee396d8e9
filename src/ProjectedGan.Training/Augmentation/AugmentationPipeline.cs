namespace ProjectedGan.Training.Augmentation;

/// <summary>
/// How the probability of <see cref="AdaptiveAugmentation"/> follows the discriminators' overfitting (Karras et al. 2020, section 3.1):
/// r = E[sign(D(real))] is near 0 without and 1 with it, and the probability moves at a constant speed until r is at its target.
/// </summary>
public sealed record AdaptiveProbability
{
    /// <summary>r at which the probability rests, from -1 to 1.</summary>
    public double Target { get; init; } = 0.6;

    /// <summary>Real images in which the probability can go from 0 to 1.</summary>
    public long SpeedImages { get; init; } = 500_000;

    /// <summary>The probability after an interval.</summary>
    /// <param name="probability">The one during it, from 0 to 1.</param>
    /// <param name="meanSign">The mean of sign(D(real)) over it; with NaN the probability stays.</param>
    /// <param name="images">Real images shown in it.</param>
    /// <returns>From 0 to 1. The paper has no upper bound; a probability has.</returns>
    /// <exception cref="InvalidOperationException"><see cref="SpeedImages"/> is not positive.</exception>
    public double Next(double probability, double meanSign, long images)
    {
        if (SpeedImages <= 0)
            throw new InvalidOperationException($"{nameof(SpeedImages)} is {SpeedImages}; it must be positive.");
        var direction = meanSign > Target ? 1 : meanSign < Target ? -1 : 0;
        return Math.Clamp(probability + (direction * (images / (double)SpeedImages)), 0, 1);
    }
}

namespace ProjectedGan.Specification;

/// <summary>The exponential moving average of the generator that samples are drawn from.</summary>
public sealed record EmaSpec
{
    /// <summary>
    /// Images after which a weight's share has halved; 0 is the reference's rule, batch × 10 / 32 thousand images. Default 0.
    /// </summary>
    public double HalfLifeImages { get; init; }

    /// <summary>The half-life is at most this share of the images seen, 0 or more; 0 turns the ramp-up off. Default 0.05.</summary>
    public double RampUp { get; init; } = 0.05;

    /// <summary>The weight that the old average keeps in the iteration that starts after <paramref name="imagesSeen"/> images.</summary>
    /// <param name="imagesSeen">Real images shown before this iteration.</param>
    /// <param name="batch">Images an iteration.</param>
    public double Beta(long imagesSeen, int batch)
    {
        var halfLife = HalfLifeImages > 0 ? HalfLifeImages : batch * 10_000.0 / 32;
        if (RampUp > 0)
        {
            halfLife = Math.Min(halfLife, imagesSeen * RampUp);
        }
        return Math.Pow(0.5, batch / Math.Max(halfLife, 1e-8));
    }
}

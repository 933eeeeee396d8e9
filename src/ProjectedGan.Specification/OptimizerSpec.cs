using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>Adam (Kingma and Ba 2015) for both networks.</summary>
public sealed record OptimizerSpec
{
    /// <summary>Learning rate of the generator, above 0, at most 1. Default 2e-4 (paper, section 4).</summary>
    public double GeneratorRate { get; init; } = 2e-4;

    /// <summary>Learning rate of the discriminators, above 0, at most 1. Default 2e-4.</summary>
    public double DiscriminatorRate { get; init; } = 2e-4;

    /// <summary>Decay of the first moment, 0 to below 1. Default 0.</summary>
    public double Beta1 { get; init; }

    /// <summary>Decay of the second moment, 0 to below 1. Default 0.99.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Added to the root of the second moment, above 0. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;
}

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

/// <summary>What happens to NaN and ±Inf in a gradient, after the average over all replicas. Always counted and reported.</summary>
public enum NonFinitePolicy
{
    /// <summary>NaN becomes 0, ±Inf ±1e5, and the update takes place (the reference).</summary>
    [JsonStringEnumMemberName("replace")]
    Replace,

    /// <summary>The phase's update is left out on every worker.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip,

    /// <summary>The run ends with an error that names parameter and replica.</summary>
    [JsonStringEnumMemberName("stop")]
    Stop,
}

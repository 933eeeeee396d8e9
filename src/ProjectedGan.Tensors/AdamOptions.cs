using ProjectedGan.Foundation;

namespace ProjectedGan.Tensors;

/// <summary>Settings of Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1).</summary>
public sealed record AdamOptions
{
    /// <summary>Step size, above 0. Default: Projected GAN's (section 4), for generator and discriminator alike.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>Decay of the first moment, in [0, 1). Default 0, as GANs with hinge loss are trained.</summary>
    public double Beta1 { get; init; }

    /// <summary>Decay of the second moment, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Added to the corrected root of the second moment; at least 0.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <exception cref="UsageException">A value is outside its range.</exception>
    public void Validate()
    {
        if (!(LearningRate > 0) || double.IsInfinity(LearningRate))
        {
            throw new UsageException($"Adam's learning rate is {LearningRate}; it must be a finite number above 0.");
        }

        RequireDecay("beta1", Beta1);
        RequireDecay("beta2", Beta2);
        if (!(Epsilon >= 0) || double.IsInfinity(Epsilon))
        {
            throw new UsageException($"Adam's epsilon is {Epsilon}; it must be a finite number of at least 0.");
        }
    }

    private static void RequireDecay(string name, double value)
    {
        if (!(value >= 0 && value < 1))
        {
            throw new UsageException($"Adam's {name} is {value}; it must be at least 0 and below 1.");
        }
    }
}

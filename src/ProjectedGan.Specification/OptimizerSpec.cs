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

namespace ProjectedGan.Training.Specification;

/// <summary>The loss of both networks.</summary>
public sealed record LossSpec
{
    /// <summary>Which one. Default <c>hinge</c> (the paper).</summary>
    [HashedUnlessDefault]
    public LossKind Kind { get; init; } = LossKind.Hinge;

    /// <summary>
    /// The relativistic loss's γ: weight of the penalties on the discriminators' gradients at real (R1) and generated (R2) images, 0 to
    /// 1,000; 0 turns them off. It multiplies squared norms over number and variance of the inputs, so that it depends neither on resolution
    /// nor on the feature network. Default 0.0002: by that measure R3GAN's values lie from 0.00007 (CIFAR-10) to 0.003 (FFHQ-256).
    /// </summary>
    [HashedUnlessDefault]
    public double GradientPenalty { get; init; } = 2e-4;
}

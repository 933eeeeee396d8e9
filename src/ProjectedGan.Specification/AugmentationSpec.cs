namespace ProjectedGan.Specification;

/// <summary>
/// Augmentation of real and generated images alike in front of the discriminators: differentiable augmentation (Zhao et al. 2020), all three by
/// default, or adaptive augmentation (StyleGAN2-ADA, Karras et al. 2020).
/// </summary>
public sealed record AugmentationSpec
{
    /// <summary>Random brightness, saturation and contrast.</summary>
    public bool Color { get; init; } = true;

    /// <summary>Random shift by up to an eighth of the size.</summary>
    public bool Translation { get; init; } = true;

    /// <summary>A random square of a fifth of the size is blanked.</summary>
    public bool Cutout { get; init; } = true;

    /// <summary>
    /// Adaptive augmentation in place of the three: groups of transforms, separated by commas (blit, geom, color, filter, noise, cutout); the first three
    /// are the paper's choice. Default <c>none</c>.
    /// </summary>
    [HashedUnlessDefault]
    public string Adaptive { get; init; } = NotAdaptive;

    /// <summary>Adaptive: the probability of each transform at the start, 0 to 1. Default 0.</summary>
    [HashedUnlessDefault]
    public double Probability { get; init; }

    /// <summary>
    /// Adaptive: the probability rises while E[sign(D(x))] over real images x is above this, and falls below it; 0 to 1, 0 for a probability that
    /// stays. Default 0.6 (the paper, section 3.1).
    /// </summary>
    [HashedUnlessDefault]
    public double Target { get; init; } = 0.6;

    /// <summary>Adaptive: images in which the probability goes from 0 to 1 at most, at least 1. Default 500,000 (the paper).</summary>
    [HashedUnlessDefault]
    public long AdjustmentImages { get; init; } = 500_000;

    /// <summary>The value of <see cref="Adaptive"/> that asks for differentiable augmentation.</summary>
    public const string NotAdaptive = "none";

    public bool IsAdaptive => Adaptive.Trim() is not ("" or NotAdaptive);
}

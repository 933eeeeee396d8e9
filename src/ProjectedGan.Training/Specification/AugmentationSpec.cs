namespace ProjectedGan.Training.Specification;

/// <summary>Differentiable augmentation of real and generated images alike (Zhao et al. 2020). All three by default.</summary>
public sealed record AugmentationSpec
{
    /// <summary>Random brightness, saturation and contrast.</summary>
    public bool Color { get; init; } = true;

    /// <summary>Random shift by up to an eighth of the size.</summary>
    public bool Translation { get; init; } = true;

    /// <summary>A random square of a fifth of the size is blanked.</summary>
    public bool Cutout { get; init; } = true;
}

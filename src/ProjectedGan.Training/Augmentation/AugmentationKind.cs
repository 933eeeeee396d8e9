namespace ProjectedGan.Training.Augmentation;

/// <summary>One operation of differentiable augmentation (Zhao et al. 2020).</summary>
public enum AugmentationKind
{
    /// <summary>Brightness, saturation and contrast.</summary>
    Color,

    /// <summary>A shift of up to an eighth of the size, zeros moving in.</summary>
    Translation,

    /// <summary>A square hole of a fifth of the size.</summary>
    Cutout,
}

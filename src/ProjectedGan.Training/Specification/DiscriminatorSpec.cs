namespace ProjectedGan.Training.Specification;

/// <summary>The multi-scale discriminators (paper, section 3.2 and table 1).</summary>
public sealed record DiscriminatorSpec
{
    /// <summary>Discriminators, one a stage from the finest, 1 to 4. Default 4.</summary>
    public int Count { get; init; } = 4;

    /// <summary>Depthwise-separable blocks (the reference uses them with StyleGAN2). Default false.</summary>
    public bool Separable { get; init; }

    /// <summary>Factor on the inner channel widths, above 0, at most 4. Default 1 (the reference); the CPU demo uses 0.25.</summary>
    public double WidthFactor { get; init; } = 1;

    /// <summary>Conditions the discriminators on class labels; needs <c>data.classes</c>. Default false.</summary>
    public bool Conditional { get; init; }
}

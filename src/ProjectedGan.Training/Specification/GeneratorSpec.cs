namespace ProjectedGan.Training.Specification;

/// <summary>The generator G.</summary>
public sealed record GeneratorSpec
{
    /// <summary>Architecture. Default <c>fastgan</c>; <c>fastgan_lite</c> for small data sets.</summary>
    public GeneratorKind Kind { get; init; } = GeneratorKind.FastGan;

    /// <summary>Length of the latent vector z, 1 to 4096. Default 256 (the reference for FastGAN).</summary>
    public int LatentSize { get; init; } = 256;

    /// <summary>Base width: channels at 128² (the reference's ngf), 1 to 1024. Default 128.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Conditions the generator on class labels; needs <c>data.classes</c>. Default false.</summary>
    public bool Conditional { get; init; }
}

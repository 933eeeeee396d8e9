namespace ProjectedGan.Networks.Layers;

/// <summary>The geometry of a square two-dimensional convolution.</summary>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Kernel">Side of the kernel.</param>
public sealed record ConvolutionShape(long Inputs, long Outputs, int Kernel)
{
    public int Stride { get; init; } = 1;

    /// <summary>Zeros added on each side.</summary>
    public int Padding { get; init; }

    public long Groups { get; init; } = 1;

    public bool Bias { get; init; }
}

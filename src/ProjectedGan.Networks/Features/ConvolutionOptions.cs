namespace ProjectedGan.Networks.Features;

/// <summary>The geometry of a convolution, and the normalisation and activation behind it.</summary>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
internal sealed record ConvolutionOptions(int Inputs, int Outputs)
{
    public (int Height, int Width) Kernel { get; init; } = (1, 1);

    public int Stride { get; init; } = 1;

    /// <summary>1, or <see cref="Inputs"/> for a depthwise convolution.</summary>
    public int Groups { get; init; } = 1;

    public PaddingRule Padding { get; init; } = PaddingRule.Half;

    public Activation Activation { get; init; } = Activation.Relu6;

    /// <summary>The normalisation's epsilon: TensorFlow's 1e-3 by default, PyTorch's is 1e-5.</summary>
    public double Epsilon { get; init; } = 1e-3;
}

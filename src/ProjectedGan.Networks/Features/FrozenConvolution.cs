using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>Holds the weight of a convolution without bias, <c>weight</c> [outputs, inputs / groups, height, width], not trained.</summary>
internal sealed class FrozenConvolution : nn.Module
{
    public FrozenConvolution(ConvolutionOptions options)
        : base(nameof(FrozenConvolution))
    {
        long[] shape = [options.Outputs, options.Inputs / options.Groups, options.Kernel.Height, options.Kernel.Width];
        register_parameter("weight", new Parameter(zeros(shape), requires_grad: false));
    }

    // Looked up by name: moving a module to another device or type replaces its parameter objects.
    public Parameter Weight => get_parameter("weight")!;
}

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

/// <summary>How a convolution surrounds its input with zeros.</summary>
internal enum PaddingRule
{
    /// <summary>No padding (TensorFlow's <c>valid</c>).</summary>
    None,

    /// <summary>Half the kernel on every side: keeps the size at stride 1.</summary>
    Half,

    /// <summary>TensorFlow's <c>same</c>: computed from the input's actual size, the odd pixel at the bottom and on the right.</summary>
    TensorFlowSame,
}

/// <summary>What follows a convolution and its normalisation.</summary>
internal enum Activation
{
    None,
    Relu,
    Relu6,
}

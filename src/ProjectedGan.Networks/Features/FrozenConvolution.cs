using ProjectedGan.Tensors;
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

/// <summary>
/// A convolution that has absorbed the normalisation behind it, weights in the memory order of its convolutions. With
/// <c>y = factor · (w ∗ x) + shift</c> the weight is <c>factor · w</c> and the bias <c>shift</c>; both are exact up to one rounding.
/// </summary>
internal sealed class FoldedConvolution : IDisposable
{
    private readonly Tensor _weight;
    private readonly Tensor? _shifted;
    private readonly Tensor _bias;

    /// <summary>Folds the weights as they are now, on their device and in their type.</summary>
    public FoldedConvolution(ConvolutionUnit unit)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var weight = unit.Convolution.Weight;
        var (factor, shift) = unit.Normalization.AsAffine();
        var folded = weight.to(ScalarType.Float64).mul(factor.view(-1, 1, 1, 1));
        _weight = Keep(Convolutions.Arrange(folded.to(weight.dtype)));
        _bias = Keep(shift.to(weight.dtype));
        if (unit.Options is { Padding: PaddingRule.TensorFlowSame, Kernel: (3, 3), Stride: 2 })
        {
            _shifted = Keep(Convolutions.Arrange(nn.functional.pad(folded.to(weight.dtype), [1, 0, 1, 0])));
        }
    }

    /// <summary>[outputs, inputs / groups, height, width].</summary>
    public Tensor Weight => _weight;

    /// <summary>
    /// The weight with a row and a column of zeros in front: padded by one on every side it computes what <see cref="Weight"/>
    /// computes with one row below and one column on the right, without a padded copy of the input. Null where that is not needed.
    /// </summary>
    public Tensor? ShiftedWeight => _shifted;

    /// <summary>[outputs].</summary>
    public Tensor Bias => _bias;

    public void Dispose()
    {
        _weight.Dispose();
        _shifted?.Dispose();
        _bias.Dispose();
    }

    private static Tensor Keep(Tensor tensor) => tensor.DetachFromDisposeScope();
}

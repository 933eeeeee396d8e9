using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

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

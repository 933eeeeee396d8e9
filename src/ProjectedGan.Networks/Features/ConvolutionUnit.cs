using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// A frozen convolution, the normalisation behind it and an activation. Not a module: its two halves are registered in the network
/// under the names of the network's weight files.
/// </summary>
internal sealed class ConvolutionUnit(ConvolutionOptions options, BatchNormLayout layout) : IDisposable
{
    private FoldedConvolution? _folded;

    public ConvolutionOptions Options { get; } = options;

    public FrozenConvolution Convolution { get; } = new(options);

    public FrozenBatchNorm Normalization { get; } = new(options.Outputs, layout, options.Epsilon);

    /// <summary>Convolves, normalises and activates [N, inputs, H, W]. Intermediate tensors belong to the caller's scope.</summary>
    public Tensor Forward(Tensor input)
    {
        var output = _folded is null ? Normalization.Forward(Convolve(input)) : ConvolveFolded(input, _folded);
        // In place: neither a convolution's nor a fixed normalisation's backward pass reads its own output.
        return Options.Activation switch
        {
            Activation.Relu => nn.functional.relu(output, inplace: true),
            Activation.Relu6 => nn.functional.relu6(output, inplace: true),
            _ => output,
        };
    }

    /// <summary>Absorbs the normalisation into the convolution; see <see cref="FoldedConvolution"/>.</summary>
    public void Fold()
    {
        Unfold();
        _folded = new FoldedConvolution(this);
    }

    public void Unfold()
    {
        _folded?.Dispose();
        _folded = null;
    }

    public void Dispose() => Unfold();

    private Tensor Convolve(Tensor input)
    {
        var (padded, padding) = Pad(input);
        return Convolutions.Apply(padded, Convolution.Weight, null, padding);
    }

    private Tensor ConvolveFolded(Tensor input, FoldedConvolution folded)
    {
        if (folded.ShiftedWeight is { } shifted && NeedsOneBelowAndRight(input))
        {
            return Convolutions.Apply(input, shifted, folded.Bias, Padded(1, 1));
        }

        var (padded, padding) = Pad(input);
        return Convolutions.Apply(padded, folded.Weight, folded.Bias, padding);
    }

    // With kernel 3 and stride 2 an even side needs one pixel more, an odd one two.
    private static bool NeedsOneBelowAndRight(Tensor input) => input.size(2) % 2 == 0 && input.size(3) % 2 == 0;

    private (Tensor Padded, ConvolutionGeometry Padding) Pad(Tensor input)
    {
        if (Options.Padding != PaddingRule.TensorFlowSame)
        {
            return (input, Options.Padding == PaddingRule.Half ? Padded(Options.Kernel.Height / 2, Options.Kernel.Width / 2) : Padded(0, 0));
        }

        var rows = TensorFlowPadding(input.size(2), Options.Kernel.Height);
        var columns = TensorFlowPadding(input.size(3), Options.Kernel.Width);
        return rows % 2 == 0 && columns % 2 == 0
            ? (input, Padded(rows / 2, columns / 2))
            : (nn.functional.pad(input, [columns / 2, columns - columns / 2, rows / 2, rows - rows / 2]), Padded(0, 0));
    }

    private ConvolutionGeometry Padded(long rows, long columns) => new(Options.Stride, rows, columns, Options.Groups);

    private long TensorFlowPadding(long size, int kernel)
    {
        var outputs = (size + Options.Stride - 1) / Options.Stride;
        return Math.Max((outputs - 1) * Options.Stride + kernel - size, 0);
    }
}

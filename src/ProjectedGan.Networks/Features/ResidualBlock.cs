using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// A block of a residual network (He et al. 2016): convolutions in turn, the shortcut added, then ReLU. A block that halves does it
/// by a convolution's stride or, as CLIP's, by averaging.
/// </summary>
/// <param name="main">The convolutions, the last of them without activation.</param>
/// <param name="shortcut">The convolution of the shortcut, without activation; null where it is the identity.</param>
/// <param name="pooling">
/// The window of the mean that takes the strides' place: before the shortcut's convolution and before the last of the main path. 1
/// for none.
/// </param>
internal sealed class ResidualBlock(IReadOnlyList<ConvolutionUnit> main, ConvolutionUnit? shortcut, int pooling = 1) : IFeatureBlock
{
    /// <summary>[N, C, H, W] to [N, outputs, H / stride, W / stride].</summary>
    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = input;
        for (var i = 0; i < main.Count; i++)
        {
            output = main[i].Forward(i == main.Count - 1 ? Pool(output) : output);
        }

        var added = shortcut is null ? input : shortcut.Forward(Pool(input));
        return output.AddInPlace(added).relu_().MoveToOuterDisposeScope();
    }

    private Tensor Pool(Tensor input) => pooling == 1 ? input : nn.functional.avg_pool2d(input, kernel_size: pooling);
}

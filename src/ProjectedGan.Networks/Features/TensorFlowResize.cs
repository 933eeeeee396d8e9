using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// TensorFlow 1's bilinear resize, which the FID Inception graph begins with: output pixel i reads at i · in / out, without half-pixel
/// centres, the factor rounded to float32.
/// </summary>
public static class TensorFlowResize
{
    /// <summary>Resizes images.</summary>
    /// <param name="images">Floating point [N, C, H, W].</param>
    /// <param name="height">Output height in pixels.</param>
    /// <param name="width">Output width in pixels.</param>
    /// <returns>[N, C, height, width].</returns>
    public static Tensor Bilinear(Tensor images, long height, long width)
    {
        if (images.size(2) == height && images.size(3) == width)
        {
            return images.alias();
        }

        using var scope = NewDisposeScope();
        return Interpolate(Interpolate(images, 3, width), 2, height).MoveToOuterDisposeScope();
    }

    private static Tensor Interpolate(Tensor images, int axis, long outputs)
    {
        var inputs = images.size(axis);
        var scale = (float)inputs / outputs;
        var position = arange(Of(0), Of(outputs), Of(1), images.dtype, images.device).mul_(Of(scale));
        var below = position.floor();
        var first = below.to(ScalarType.Int64);
        var second = first.Plus(Of(1)).clamp_(max: Of(inputs - 1));
        var weight = position.sub_(below).view(axis == 3 ? [1, 1, 1, -1] : [1, 1, -1, 1]);
        var low = images.index_select(axis, first);
        return images.index_select(axis, second).sub_(low).mul_(weight).AddInPlace(low);
    }
}

using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>The channels-last memory order: shape [N, C, H, W], elements in the order N, H, W, C.</summary>
/// <remarks>
/// Convolutions take the order of their input and weight and give it on. On the CPU everything convolves in this order, because libtorch
/// 2.10 computes float32 convolutions wrongly in the other one (docs/architecture.md), and because it is as fast or faster.
/// </remarks>
public static class ChannelsLast
{
    // From the one whose elements are neighbours.
    private static readonly int[] InMemory = [1, 3, 2, 0];

    /// <summary>The tensor in channels-last order, differentiable; the same memory where it is in that order already.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>A tensor that the caller disposes.</returns>
    /// <exception cref="ArgumentException">The tensor has not four dimensions.</exception>
    public static Tensor To(Tensor images)
    {
        if (images.dim() != 4)
        {
            throw new ArgumentException($"Channels-last needs a tensor [N, C, H, W]; this one has shape [{string.Join(", ", images.shape)}].", nameof(images));
        }

        using var pixels = images.permute(0, 2, 3, 1); // [N, H, W, C]
        using var dense = pixels.contiguous();
        return dense.permute(0, 3, 1, 2);
    }

    /// <summary>Whether a tensor is in channels-last order.</summary>
    /// <remarks>True as well for tensors whose two orders coincide, such as those with one channel.</remarks>
    public static bool Is(Tensor tensor)
    {
        if (tensor.dim() != 4)
        {
            return false;
        }

        // Axes of one element have no say, as in is_contiguous.
        var (shape, strides) = (tensor.shape, tensor.stride());
        var expected = 1L;
        foreach (var axis in InMemory)
        {
            if (shape[axis] != 1 && strides[axis] != expected)
            {
                return false;
            }

            expected *= shape[axis];
        }

        return true;
    }

    /// <summary>Rearranges every parameter and buffer of four dimensions in place; the objects and their values stay the same.</summary>
    /// <remarks>Call it before a <see cref="FlatBuffer"/> takes the parameters over and before an optimiser is made.</remarks>
    public static void Apply(nn.Module module)
    {
        using var noGrad = no_grad();
        foreach (var tensor in module.parameters().Cast<Tensor>().Concat(module.buffers()).Where(tensor => tensor.dim() == 4 && !Is(tensor)))
        {
            using var arranged = To(tensor);
            tensor.set_(arranged);
        }
    }
}

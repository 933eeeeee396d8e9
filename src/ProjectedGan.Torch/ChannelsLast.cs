using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>The channels-last memory order: shape [N, C, H, W], elements in the order N, H, W, C.</summary>
/// <remarks>
/// Convolutions take the order of their input and give it on. Measure per network: on the CPU it is faster for convolutional classifiers
/// and discriminators, and slower for the backward pass of a generator that upsamples.
/// </remarks>
public static partial class ChannelsLast
{
    /// <summary>The tensor in channels-last order, differentiable; the same memory where it is in that order already.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>A tensor that the caller disposes.</returns>
    /// <exception cref="PganException">The tensor has not four dimensions.</exception>
    public static Tensor To(Tensor images)
    {
        var status = Convert(images.Handle, out var result);
        GC.KeepAlive(images);
        Native.Check(status);
        return Tensor.UnsafeCreateTensor(result);
    }

    /// <summary>Whether a tensor is in channels-last order.</summary>
    /// <remarks>True as well for tensors whose two orders coincide, such as those with one channel.</remarks>
    public static bool Is(Tensor tensor)
    {
        var status = Is(tensor.Handle, out var result);
        GC.KeepAlive(tensor);
        Native.Check(status);
        return result != 0;
    }

    /// <summary>Rearranges every parameter and buffer of four dimensions in place; the objects and their values stay the same.</summary>
    /// <remarks>Call it before a <see cref="FlatBuffer"/> takes the parameters over and before an optimiser is made.</remarks>
    public static void Apply(nn.Module module)
    {
        var tensors = module.parameters().Cast<Tensor>().Concat(module.buffers()).ToArray();
        var status = Apply(Native.Handles(tensors), tensors.Length);
        GC.KeepAlive(tensors);
        Native.Check(status);
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_channels_last")]
    private static partial int Convert(nint tensor, out nint result);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_is_channels_last")]
    private static partial int Is(nint tensor, out int result);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_make_channels_last")]
    private static partial int Apply(nint[] tensors, long count);
}

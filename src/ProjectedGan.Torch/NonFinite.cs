using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>The treatment that Projected GAN's authors give gradients before Adam: NaN to 0, +Inf to 1e5, −Inf to −1e5.</summary>
public static partial class NonFinite
{
    /// <summary>Replaces in place and counts in the same pass.</summary>
    /// <param name="gradient">Floating-point tensor of any shape.</param>
    /// <returns>The counts. On CUDA this waits for the device; <see cref="ReplaceDeferred(Tensor)"/> does not.</returns>
    /// <exception cref="PganException">The tensor is not of a floating-point type.</exception>
    public static NonFiniteCounts Replace(Tensor gradient)
    {
        var status = Replace(gradient.Handle, out var nan, out var positive, out var negative);
        GC.KeepAlive(gradient);
        Native.Check(status);
        return new NonFiniteCounts(nan, positive, negative);
    }

    /// <summary>As <see cref="Replace(Tensor)"/>, with the counts left on the tensor's device: nothing waits.</summary>
    /// <returns>int64 [3]: NaN, +Inf, −Inf; the caller disposes it.</returns>
    /// <exception cref="PganException">The tensor is not of a floating-point type.</exception>
    public static Tensor ReplaceDeferred(Tensor gradient)
    {
        var status = ReplaceDeferred(gradient.Handle, out var counts);
        GC.KeepAlive(gradient);
        Native.Check(status);
        return Tensor.UnsafeCreateTensor(counts);
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_replace_non_finite_now")]
    private static partial int Replace(nint tensor, out long nan, out long positive, out long negative);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_replace_non_finite")]
    private static partial int ReplaceDeferred(nint tensor, out nint counts);
}

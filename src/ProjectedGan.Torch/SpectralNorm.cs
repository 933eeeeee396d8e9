using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>
/// Spectral normalisation (Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018, section 2.1 and
/// algorithm 1) with the power iteration apart from the normalisation, so that the trainer decides when it runs.
/// </summary>
/// <remarks>
/// A weight W of any shape is the matrix [shape[dim], product of the other axes in order]; dim is the axis of output channels: 0 for
/// linear layers and convolutions, 1 for transposed convolutions. float32 and float64, CPU and CUDA. On the CPU with dim 0 and a
/// contiguous weight, the bits depend neither on the thread count nor on the instruction set.
/// </remarks>
public static partial class SpectralNorm
{
    /// <summary>W / σ with σ = u'Wv; u and v are constants, taken by value.</summary>
    /// <param name="original">Weight W; its gradient is (G − ⟨G, W/σ⟩ u v') / σ for an incoming gradient G.</param>
    /// <param name="u">Left singular vector [shape[dim]].</param>
    /// <param name="v">Right singular vector [numel / shape[dim]].</param>
    /// <param name="dim">Axis of the output channels.</param>
    /// <returns>A new tensor of W's shape; the caller disposes it. u and v may change before its backward pass runs.</returns>
    /// <exception cref="PganException">Shapes, dtypes or devices do not fit together.</exception>
    public static Tensor Normalize(Tensor original, Tensor u, Tensor v, int dim)
    {
        Native.Check(NormalizeWeight(original.Handle, u.Handle, v.Handle, dim, out var result));
        GC.KeepAlive((original, u, v));
        return Tensor.UnsafeCreateTensor(result);
    }

    /// <summary>One power iteration in place, without a graph: v = W'u / |W'u|, then u = Wv / |Wv|.</summary>
    /// <param name="original">Weight W.</param>
    /// <param name="u">Left singular vector [shape[dim]], overwritten.</param>
    /// <param name="v">Right singular vector [numel / shape[dim]], overwritten; its old value is not read.</param>
    /// <param name="dim">Axis of the output channels.</param>
    /// <param name="epsilon">Smallest norm that is divided by.</param>
    /// <exception cref="PganException">Shapes, dtypes or devices do not fit together.</exception>
    public static void PowerIterate(Tensor original, Tensor u, Tensor v, int dim, double epsilon = 1e-12)
    {
        Native.Check(IterateOnce(original.Handle, u.Handle, v.Handle, dim, epsilon));
        GC.KeepAlive((original, u, v));
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_spectral_normalize")]
    private static partial int NormalizeWeight(nint weight, nint u, nint v, long dim, out nint result);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_spectral_power_iterate")]
    private static partial int IterateOnce(nint weight, nint u, nint v, long dim, double epsilon);
}

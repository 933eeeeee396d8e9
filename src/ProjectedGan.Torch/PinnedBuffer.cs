using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>A CPU tensor in page-locked memory, from which copies to a CUDA device can run beside the computation.</summary>
/// <remarks>
/// Copy with <c>non_blocking: true</c>, and write into the buffer again only after an event recorded behind the copy has passed.
/// </remarks>
public sealed partial class PinnedBuffer : IDisposable
{
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="dtype">Element type.</param>
    /// <exception cref="PganException">There is not enough memory that can be locked.</exception>
    public PinnedBuffer(ReadOnlySpan<long> shape, ScalarType dtype)
    {
        Native.Check(Create(shape, shape.Length, (sbyte)dtype, out var tensor, out var isPinned));
        Tensor = Tensor.UnsafeCreateTensor(tensor).DetachFromDisposeScope();
        IsPinned = isPinned != 0;
    }

    /// <summary>The buffer, uninitialised at first; it lives as long as this object.</summary>
    public Tensor Tensor { get; }

    /// <summary>Whether the memory is page-locked. Without CUDA it is ordinary memory, and everything else is the same.</summary>
    public bool IsPinned { get; }

    public void Dispose() => Tensor.Dispose();

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_pinned_empty")]
    private static partial int Create(ReadOnlySpan<long> shape, int rank, sbyte dtype, out nint tensor, out int isPinned);
}

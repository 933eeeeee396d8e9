using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>A CPU tensor in page-locked memory, from which copies to a CUDA device can run beside the computation.</summary>
/// <remarks>
/// Copy with <c>non_blocking: true</c>, and write into the buffer again only after an event recorded behind the copy has passed.
/// </remarks>
public sealed class PinnedBuffer : IDisposable
{
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="dtype">Element type.</param>
    public PinnedBuffer(ReadOnlySpan<long> shape, ScalarType dtype)
    {
        var memory = empty(shape, dtype: dtype).DetachFromDisposeScope();
        if (!cuda.is_available())
        {
            Tensor = memory;
            return;
        }

        using (memory)
        {
            Tensor = memory.pin_memory().DetachFromDisposeScope();
        }
    }

    /// <summary>The buffer, uninitialised at first; it lives as long as this object. Without CUDA it is ordinary memory.</summary>
    public Tensor Tensor { get; }

    public void Dispose() => Tensor.Dispose();
}

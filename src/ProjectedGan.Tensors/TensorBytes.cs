using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>Raw access to a CPU tensor's memory.</summary>
public static unsafe class TensorBytes
{
    /// <summary>The memory of a contiguous CPU tensor, writable; valid as long as the tensor lives.</summary>
    /// <exception cref="ArgumentException">The tensor is on another device or not contiguous, or holds more than a span reaches.</exception>
    public static Span<byte> Span(Tensor tensor) => Span<byte>(tensor, tensor.NumberOfElements * tensor.element_size());

    /// <summary>The memory of a contiguous CPU tensor as elements; valid as long as the tensor lives.</summary>
    /// <typeparam name="T">A type of the tensor's element size.</typeparam>
    /// <exception cref="ArgumentException">As for bytes, or T's size differs from the tensor's element size.</exception>
    public static Span<T> Span<T>(Tensor tensor)
        where T : unmanaged => tensor.element_size() == sizeof(T)
            ? Span<T>(tensor, tensor.NumberOfElements)
            : throw new ArgumentException($"A tensor of {tensor.dtype} has no elements of type {typeof(T).Name}.", nameof(tensor));

    /// <summary>Address and length of a contiguous CPU tensor's memory, for tensors that a span cannot reach.</summary>
    /// <exception cref="ArgumentException">The tensor is on another device or not contiguous.</exception>
    public static (nint Address, long Bytes) Memory(Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
        {
            throw new ArgumentException(
                $"Raw memory: a tensor [{string.Join(", ", tensor.shape)}] with strides [{string.Join(", ", tensor.stride())}] on {tensor.device}; "
                + "it must be contiguous on the CPU.", nameof(tensor));
        }

        Libtorch.Check(Libtorch.Functions.DataPointer(tensor.Handle, out var address), "aoti_torch_get_data_ptr");
        GC.KeepAlive(tensor);
        return (address, tensor.NumberOfElements * tensor.element_size());
    }

    /// <summary>The values in row-major order on the CPU: shares the tensor's memory where it is that already, a copy otherwise.</summary>
    /// <returns>A tensor without a graph; the caller disposes it.</returns>
    public static Tensor RowMajorOnCpu(Tensor tensor)
    {
        using var values = tensor.detach();
        using var onCpu = values.cpu();
        return onCpu.contiguous();
    }

    private static Span<T> Span<T>(Tensor tensor, long length)
        where T : unmanaged => length <= int.MaxValue
            ? new Span<T>((void*)Memory(tensor).Address, (int)length)
            : throw new ArgumentException($"The tensor holds {length} elements and a span reaches {int.MaxValue}; narrow the tensor.", nameof(tensor));
}

/// <summary>Fingerprints of tensors: equal exactly when the bits are.</summary>
public static class Bytes
{
    private const int ChunkBytes = 1 << 30;

    /// <summary>SHA-256 of the values' bytes in row-major order, in lower-case hexadecimal digits.</summary>
    /// <remarks>Device and memory order do not count, nor do shape and dtype beyond the bytes they give.</remarks>
    public static string Hash(Tensor tensor) => Hash([tensor]);

    /// <summary>SHA-256 of several tensors' bytes one after another.</summary>
    public static unsafe string Hash(IEnumerable<Tensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in tensors)
        {
            using var plain = TensorBytes.RowMajorOnCpu(tensor);
            var (address, bytes) = TensorBytes.Memory(plain);
            for (var offset = 0L; offset < bytes; offset += ChunkBytes)
            {
                hash.AppendData(new ReadOnlySpan<byte>((byte*)address + offset, (int)Math.Min(ChunkBytes, bytes - offset)));
            }

            GC.KeepAlive(plain);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

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

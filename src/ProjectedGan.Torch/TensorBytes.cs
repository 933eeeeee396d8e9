using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>Raw access to a CPU tensor's memory.</summary>
public static partial class TensorBytes
{
    /// <summary>The memory of a contiguous CPU tensor, writable; valid as long as the tensor lives.</summary>
    /// <exception cref="PganException">The tensor is on another device or not contiguous.</exception>
    public static unsafe Span<byte> Span(Tensor tensor)
    {
        var status = Data(tensor.Handle, out var address, out var bytes);
        GC.KeepAlive(tensor);
        Native.Check(status);
        return bytes <= int.MaxValue
            ? new Span<byte>((void*)address, (int)bytes)
            : throw new PganException($"The tensor holds {bytes} bytes and a span reaches {int.MaxValue}; narrow the tensor.");
    }

    /// <summary>The memory of a contiguous CPU tensor as elements; valid as long as the tensor lives.</summary>
    /// <typeparam name="T">A type of the tensor's element size.</typeparam>
    /// <exception cref="PganException">The tensor is on another device or not contiguous.</exception>
    /// <exception cref="ArgumentException">T's size differs from the tensor's element size.</exception>
    public static unsafe Span<T> Span<T>(Tensor tensor)
        where T : unmanaged
    {
        var status = Data(tensor.Handle, out var address, out var bytes);
        var elements = tensor.NumberOfElements;
        Native.Check(status);
        return bytes == elements * sizeof(T)
            ? new Span<T>((void*)address, checked((int)elements))
            : throw new ArgumentException(
                $"A tensor of {elements} elements in {bytes} bytes has no elements of type {typeof(T).Name}.", nameof(tensor));
    }

    /// <summary>Address and length of a contiguous CPU tensor's memory, for tensors that a span cannot reach.</summary>
    /// <exception cref="PganException">The tensor is on another device or not contiguous.</exception>
    public static (nint Address, long Bytes) Memory(Tensor tensor)
    {
        var status = Data(tensor.Handle, out var address, out var bytes);
        GC.KeepAlive(tensor);
        Native.Check(status);
        return (address, bytes);
    }

    /// <summary>The values in row-major order on the CPU: shares the tensor's memory where it is that already, a copy otherwise.</summary>
    /// <returns>A tensor without a graph; the caller disposes it.</returns>
    public static Tensor RowMajorOnCpu(Tensor tensor)
    {
        var status = RowMajorOnCpu(tensor.Handle, out var result);
        GC.KeepAlive(tensor);
        Native.Check(status);
        return Tensor.UnsafeCreateTensor(result);
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_data")]
    private static partial int Data(nint tensor, out nint address, out long bytes);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_row_major_on_cpu")]
    private static partial int RowMajorOnCpu(nint tensor, out nint result);
}

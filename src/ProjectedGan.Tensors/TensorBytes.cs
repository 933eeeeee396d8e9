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

using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>A random generator of its own on one device; libtorch's global generators neither change it nor are changed by it.</summary>
/// <remarks>
/// The same seed on the same kind of device gives the same bits; CPU and CUDA use different algorithms. On the CPU, normal numbers also
/// depend on the instruction set that libtorch chose. Draw before a CUDA graph's replay into tensors that it reads: draws are not
/// captured. Not thread-safe.
/// </remarks>
public sealed partial class DeviceGenerator : IDisposable
{
    private nint _handle;

    /// <param name="device">CPU or CUDA device.</param>
    /// <param name="seed">Where the sequence starts.</param>
    /// <exception cref="UsageException">The device is neither CPU nor CUDA.</exception>
    /// <exception cref="PganException">A CUDA device is asked for where there is none.</exception>
    public DeviceGenerator(Device device, ulong seed)
    {
        if (device.type is not (DeviceType.CPU or DeviceType.CUDA))
        {
            throw new UsageException($"Random generators exist on CPU and CUDA devices, not on {device}.");
        }

        Native.Check(Create(device.type == DeviceType.CUDA ? 1 : 0, Math.Max(0, device.index), seed, out _handle));
    }

    ~DeviceGenerator() => Release();

    /// <summary>Starts the sequence of a seed from its beginning.</summary>
    public void Seed(ulong seed) => Native.Check(Seed(_handle, seed));

    /// <summary>The state, a uint8 tensor on the CPU for <see cref="SetState(Tensor)"/>; the caller disposes it.</summary>
    public Tensor GetState()
    {
        Native.Check(GetState(_handle, out var state));
        return Tensor.UnsafeCreateTensor(state);
    }

    /// <summary>Goes on where <see cref="GetState()"/> was called.</summary>
    /// <exception cref="PganException">The tensor is no state of such a generator.</exception>
    public void SetState(Tensor state)
    {
        var status = SetState(_handle, state.Handle);
        GC.KeepAlive(state);
        Native.Check(status);
    }

    /// <summary>Fills a floating-point tensor with normally distributed numbers.</summary>
    /// <exception cref="PganException">The tensor is on another device or not of a floating-point type.</exception>
    public void Normal(Tensor tensor, double mean = 0, double standardDeviation = 1)
    {
        var status = Normal(_handle, tensor.Handle, mean, standardDeviation);
        GC.KeepAlive(tensor);
        Native.Check(status);
    }

    /// <summary>Fills a floating-point tensor with numbers uniform in [low, high).</summary>
    /// <exception cref="PganException">The tensor is on another device or not of a floating-point type.</exception>
    public void Uniform(Tensor tensor, double low = 0, double high = 1)
    {
        var status = Uniform(_handle, tensor.Handle, low, high);
        GC.KeepAlive(tensor);
        Native.Check(status);
    }

    /// <summary>Fills a tensor with integers uniform in [low, high).</summary>
    /// <exception cref="PganException">The tensor is on another device, or the range is empty.</exception>
    public void Integers(Tensor tensor, long low, long high)
    {
        var status = Integers(_handle, tensor.Handle, low, high);
        GC.KeepAlive(tensor);
        Native.Check(status);
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_handle != 0)
        {
            _ = Free(_handle);
            _handle = 0;
        }
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_generator_create")]
    private static partial int Create(int isCuda, int device, ulong seed, out nint generator);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_generator_dispose")]
    private static partial int Free(nint generator);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_generator_seed")]
    private static partial int Seed(nint generator, ulong seed);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_generator_get_state")]
    private static partial int GetState(nint generator, out nint state);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_generator_set_state")]
    private static partial int SetState(nint generator, nint state);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_generator_normal")]
    private static partial int Normal(nint generator, nint tensor, double mean, double deviation);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_generator_uniform")]
    private static partial int Uniform(nint generator, nint tensor, double low, double high);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_generator_integers")]
    private static partial int Integers(nint generator, nint tensor, long low, long high);
}

using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>A scope in which libtorch computes convolutions and matrix products in bfloat16 and keeps the rest in float32.</summary>
/// <remarks>
/// It belongs to the thread that opened it; dispose it there, inner scopes first. Run the forward pass and the loss inside and the backward
/// pass outside. Parameters and gradients stay float32. Update parameters only outside: inside, bfloat16 copies of them are cached.
/// </remarks>
public sealed partial class Autocast : IDisposable
{
    private readonly int _isCuda;
    private readonly int _wasEnabled;
    private readonly int _previousDtype;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _isOpen;

    private Autocast(DeviceType device)
    {
        _isCuda = device == DeviceType.CUDA ? 1 : 0;
        Native.Check(Enter(_isCuda, out _wasEnabled, out _previousDtype));
        _isOpen = true;
    }

    /// <summary>Opens a bfloat16 scope for operations on one kind of device.</summary>
    /// <exception cref="UsageException">The device is neither CPU nor CUDA.</exception>
    public static Autocast BFloat16(Device device) => device.type is DeviceType.CPU or DeviceType.CUDA
        ? new Autocast(device.type)
        : throw new UsageException($"Autocast knows CPU and CUDA devices, not {device}.");

    /// <exception cref="InvalidOperationException">Called on another thread than the one that opened the scope.</exception>
    public void Dispose()
    {
        if (!_isOpen)
        {
            return;
        }

        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("An autocast scope must be disposed on the thread that opened it.");
        }

        _isOpen = false;
        Native.Check(Leave(_isCuda, _wasEnabled, _previousDtype));
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_autocast_enter")]
    private static partial int Enter(int isCuda, out int wasEnabled, out int previousDtype);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_autocast_leave")]
    private static partial int Leave(int isCuda, int wasEnabled, int previousDtype);
}

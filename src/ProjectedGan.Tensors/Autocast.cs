using ProjectedGan.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>A scope in which libtorch computes convolutions and matrix products in bfloat16, or in which it does not although one around it does.</summary>
/// <remarks>
/// It belongs to the thread that opened it; dispose it there, inner scopes first. Run the forward pass and the loss inside and the backward
/// pass outside. Parameters and gradients stay float32. Update parameters only outside: inside, bfloat16 copies of them are cached.
/// </remarks>
public sealed unsafe class Autocast : IDisposable
{
    private readonly sbyte _device;
    private readonly byte _wasEnabled;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _isOpen = true;

    private Autocast(DeviceType device, bool enabled)
    {
        _device = (sbyte)device;
        var torch = Libtorch.Functions;
        _wasEnabled = torch.IsAutocastEnabled(_device);
        torch.SetAutocastType(_device, (sbyte)ScalarType.BFloat16);
        torch.SetAutocastEnabled(_device, enabled ? (byte)1 : (byte)0);
        _ = torch.IncrementNesting();
    }

    /// <summary>Opens a bfloat16 scope for operations on one kind of device.</summary>
    /// <exception cref="UsageException">The device is neither CPU nor CUDA.</exception>
    public static Autocast BFloat16(Device device) => new(Known(device), enabled: true);

    /// <summary>Opens a scope in which everything keeps its own type.</summary>
    /// <exception cref="UsageException">The device is neither CPU nor CUDA.</exception>
    public static Autocast Off(Device device) => new(Known(device), enabled: false);

    /// <summary>Whether a bfloat16 scope is open on this thread.</summary>
    public static bool IsOn(Device device) => Libtorch.Functions.IsAutocastEnabled((sbyte)device.type) != 0;

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
        var torch = Libtorch.Functions;
        if (torch.DecrementNesting() == 0)
        {
            // The cache holds bfloat16 copies of parameters; the next update makes them stale.
            torch.ClearAutocastCache();
        }

        torch.SetAutocastEnabled(_device, _wasEnabled);
    }

    private static DeviceType Known(Device device) => device.type is DeviceType.CPU or DeviceType.CUDA
        ? device.type
        : throw new UsageException($"Autocast knows CPU and CUDA devices, not {device}.");
}

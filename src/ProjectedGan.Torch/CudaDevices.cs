using System.Runtime.InteropServices;

namespace ProjectedGan.Torch;

/// <summary>What CUDA the native library finds.</summary>
public static partial class CudaDevices
{
    /// <summary>Whether the native library was built against a libtorch with CUDA.</summary>
    public static bool Built => IsBuilt() != 0;

    /// <summary>Number of usable devices; 0 without CUDA.</summary>
    public static int Count => Built && DeviceCount(out var count) == 0 ? count : 0;

    /// <summary>Fails where CUDA cannot be used.</summary>
    /// <exception cref="PganException">The build has no CUDA, or no device is usable; the message says which.</exception>
    public static void Require()
    {
        Native.Check(DeviceCount(out var count));
        if (count == 0)
        {
            throw new PganException(
                "libtorch finds no CUDA device: check that the driver is installed and that `nvidia-smi` lists one, or run on the CPU.");
        }
    }

    /// <summary>Waits until all work queued on a device is done.</summary>
    /// <exception cref="PganException">CUDA cannot be used, or queued work failed.</exception>
    public static void Synchronize(int device = 0) => Native.Check(SynchronizeDevice(device));

    internal static (IReadOnlyList<CudaDeviceDescription> Devices, string Status) Find()
    {
        try
        {
            Require();
            var devices = Enumerable.Range(0, Count).Select(Describe).ToArray();
            return (devices, $"{devices.Length} CUDA device{(devices.Length == 1 ? "" : "s")}.");
        }
        catch (PganException exception)
        {
            return ([], exception.Message);
        }
    }

    private static CudaDeviceDescription Describe(int index)
    {
        Native.Check(Describe(index, out var name, out var memory, out var major, out var minor));
        return new CudaDeviceDescription(index, Marshal.PtrToStringUTF8(name) ?? "", memory, $"{major}.{minor}");
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_built")]
    private static partial int IsBuilt();

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_device_count")]
    private static partial int DeviceCount(out int count);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_describe")]
    private static partial int Describe(int device, out nint name, out long memory, out int major, out int minor);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_synchronize")]
    private static partial int SynchronizeDevice(int device);
}

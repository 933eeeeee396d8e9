using System.Runtime.InteropServices;
using System.Text;
using ProjectedGan.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>One CUDA device.</summary>
/// <param name="Index">Number of the device, as in <c>cuda:0</c>.</param>
/// <param name="Name">The maker's name.</param>
/// <param name="MemoryBytes">Total memory.</param>
/// <param name="ComputeCapability">Major and minor version, as in 9.0.</param>
public sealed record CudaDeviceDescription(int Index, string Name, long MemoryBytes, string ComputeCapability);

/// <summary>The CUDA devices that libtorch can use, described by the driver.</summary>
public static partial class CudaDevices
{
    private const int MajorAttribute = 75;
    private const int MinorAttribute = 76;

    /// <summary>Whether the libtorch beside the program was built with CUDA.</summary>
    public static bool Built => File.Exists(Path.Combine(Path.GetDirectoryName(TorchRuntime.LibtorchFile)!, "libtorch_cuda.so"));

    /// <summary>All usable devices with a sentence about them, or none and why.</summary>
    public static (IReadOnlyList<CudaDeviceDescription> Devices, string Status) Find()
    {
        if (!Built)
        {
            return ([], "this build of the program has no CUDA: build it with -p:TorchDevice=cuda (docs/dependencies.md).");
        }

        if (!TryInitializeDeviceType(DeviceType.CUDA) || !cuda.is_available())
        {
            return ([], "libtorch finds no CUDA device: check that the driver is installed and that `nvidia-smi` lists one.");
        }

        CudaDriver.Check(Initialize(0));
        CudaDeviceDescription[] devices = [.. Enumerable.Range(0, cuda.device_count()).Select(Describe)];
        return (devices, $"{devices.Length} CUDA device{(devices.Length == 1 ? "" : "s")}.");
    }

    private static CudaDeviceDescription Describe(int index)
    {
        Span<byte> name = stackalloc byte[256];
        CudaDriver.Check(Get(out var device, index));
        CudaDriver.Check(Name(name, name.Length, device));
        CudaDriver.Check(TotalMemory(out var memory, device));
        CudaDriver.Check(Attribute(out var major, MajorAttribute, device));
        CudaDriver.Check(Attribute(out var minor, MinorAttribute, device));
        return new CudaDeviceDescription(index, Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]), (long)memory, $"{major}.{minor}");
    }

    [LibraryImport(CudaDriver.Library, EntryPoint = "cuInit")]
    private static partial int Initialize(uint flags);

    [LibraryImport(CudaDriver.Library, EntryPoint = "cuDeviceGet")]
    private static partial int Get(out int device, int ordinal);

    [LibraryImport(CudaDriver.Library, EntryPoint = "cuDeviceGetName")]
    private static partial int Name(Span<byte> name, int length, int device);

    [LibraryImport(CudaDriver.Library, EntryPoint = "cuDeviceTotalMem_v2")]
    private static partial int TotalMemory(out nuint bytes, int device);

    [LibraryImport(CudaDriver.Library, EntryPoint = "cuDeviceGetAttribute")]
    private static partial int Attribute(out int value, int attribute, int device);
}

/// <summary>The driver's C interface, which every version of it offers under the same names.</summary>
internal static partial class CudaDriver
{
    public const string Library = "libcuda.so.1";

    /// <exception cref="PganException">The result is not 0; the message has the driver's name for it.</exception>
    public static void Check(int result)
    {
        if (result != 0)
        {
            var name = ErrorName(result, out var text) == 0 ? Marshal.PtrToStringUTF8(text) : null;
            throw new PganException($"CUDA failed with {name ?? "error"} ({result}).");
        }
    }

    [LibraryImport(Library, EntryPoint = "cuGetErrorName")]
    private static partial int ErrorName(int error, out nint text);
}

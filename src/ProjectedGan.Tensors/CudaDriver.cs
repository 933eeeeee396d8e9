using System.Runtime.InteropServices;
using ProjectedGan.Foundation;

namespace ProjectedGan.Tensors;

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

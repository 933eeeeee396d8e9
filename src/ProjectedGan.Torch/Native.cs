using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>The boundary to libpgan_torch: loading, error text, lists of tensors.</summary>
internal static partial class Native
{
    internal const string Library = "pgan_torch";

    /// <summary>Turns a native entry's result into an exception.</summary>
    /// <exception cref="PganException">The entry failed; the message is libtorch's or the library's own.</exception>
    internal static void Check(int status)
    {
        if (status != 0)
        {
            throw new PganException(Marshal.PtrToStringUTF8(LastError()) ?? "A native call failed without giving a reason.");
        }
    }

    /// <summary>The handles of a list; the caller keeps the list alive until the native call has returned.</summary>
    internal static nint[] Handles(IReadOnlyList<Tensor> tensors)
    {
        var handles = new nint[tensors.Count];
        for (var i = 0; i < handles.Length; i++)
        {
            handles[i] = tensors[i].Handle;
        }

        return handles;
    }

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage", "CA2255", Justification = "The resolver has to be in place before the first native call of any class.")]
    internal static void Initialize() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Library)
        {
            return 0;
        }

        // TorchSharp brings its own copy of libtorch in; loaded first, it is the one that this library binds to as well.
        InitializeDeviceType(TorchSharp.DeviceType.CPU);
        return NativeLibrary.TryLoad(name, assembly, searchPath, out var handle)
            ? handle
            : throw new PganException($"The native library lib{Library}.so cannot be loaded ({ReasonOfFailure()}): run `./pgan build`.");
    }

    private static string ReasonOfFailure()
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"lib{Library}.so");
        if (!File.Exists(file))
        {
            return $"there is no file {file}";
        }

        try
        {
            NativeLibrary.Free(NativeLibrary.Load(file));
            return $"{file} is not where the program looks for it";
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            // The runtime's advice on tracing comes first; the loader's own words are the last line.
            return exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
        }
    }

    [LibraryImport(Library, EntryPoint = "pgan_torch_last_error")]
    private static partial nint LastError();
}

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using ProjectedGan.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>
/// What TorchSharp does not offer, called in the libtorch that it loaded: functions of the stable C ABI, and switches of
/// <c>at::Context</c> and <c>at::autocast</c> by their C++ names.
/// </summary>
/// <remarks>
/// The C++ names belong to one version, and so do the operators' schemas: <see cref="Version"/> is checked and every name is looked up
/// before the first use of any, so that another libtorch ends in one clear error instead of a crash in the middle of training.
/// </remarks>
internal static unsafe class Libtorch
{
    /// <summary>The version that this code was written for, as TorchSharp's package brings it.</summary>
    public const string Version = "2.10.0";

    private const string Library = "libtorch_cpu.so";

    private static readonly Lazy<Symbols> Loaded = new(Load);

    /// <summary>All functions; the first access loads libtorch.</summary>
    /// <exception cref="PganException">libtorch cannot be loaded, or is of another version.</exception>
    public static Symbols Functions => Loaded.Value;

    /// <summary>Runs an operator by libtorch's dispatcher, as from Python: autograd, autocast and devices are seen to.</summary>
    /// <param name="name">Name with its namespace, as in <c>aten::_fused_adam_</c>.</param>
    /// <param name="overload">Name of the overload; empty for the first.</param>
    /// <param name="stack">Arguments by the ABI's rules; results overwrite them. Tensors and lists in it are taken over.</param>
    /// <exception cref="PganException">libtorch refused the call; its reason stands in the error output.</exception>
    public static void Call(string name, string overload, Span<ulong> stack)
    {
        fixed (ulong* values = stack)
        {
            var operatorName = Marshal.StringToCoTaskMemUTF8(name);
            var overloadName = Marshal.StringToCoTaskMemUTF8(overload);
            var status = Functions.CallDispatcher(operatorName, overloadName, values, Functions.AbiVersion);
            Marshal.FreeCoTaskMem(operatorName);
            Marshal.FreeCoTaskMem(overloadName);
            Check(status, $"{name} {overload}".TrimEnd());
        }
    }

    /// <summary>A list of tensors as an operator's argument; the callee takes it over.</summary>
    public static ulong List(IReadOnlyList<Tensor> tensors)
    {
        var functions = Functions;
        Check(functions.NewList((nuint)tensors.Count, out var list), "torch_new_list_reserve_size");
        foreach (var tensor in tensors)
        {
            Check(functions.NewTensorHandle(tensor.Handle, out var handle), "aoti_torch_new_tensor_handle");
            Check(functions.PushBack(list, (ulong)handle), "torch_list_push_back");
        }

        GC.KeepAlive(tensors);
        return (ulong)list;
    }

    /// <summary>A number as an operator's argument of type <c>float</c>, which is a double in C++.</summary>
    public static ulong Number(double value) => BitConverter.DoubleToUInt64Bits(value);

    /// <exception cref="PganException">The status is not 0.</exception>
    public static void Check(int status, string call)
    {
        if (status != 0)
        {
            throw new PganException($"libtorch refused {call}; its reason stands above in the error output.");
        }
    }

    /// <summary>The text that a C++ function returns as a <c>std::string</c>.</summary>
    public static string Text(delegate* unmanaged[Cdecl]<StdString*, StdString*> function)
    {
        // The callee builds the string in our memory. Its own buffer, where it has one, is left to the process: this runs a few times.
        StdString text;
        function(&text);
        return Marshal.PtrToStringUTF8(text.Characters, checked((int)text.Length));
    }

    private static Symbols Load()
    {
        if (OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && !Avx.IsSupported)
        {
            throw new PganException("This processor has no AVX, which libtorch is fast and tested with; run on one that has (most made since 2011).");
        }

        try
        {
            InitializeDeviceType(DeviceType.CPU);
            // By its bare name the loader answers with the library that is loaded already.
            var symbols = new Symbols(NativeLibrary.Load(Library));
            // NNPACK warns at every convolution on processors that it does not know.
            symbols.SetNnpack(symbols.GlobalContext(), 0);
            if (Environment.GetEnvironmentVariable(TorchRuntime.OneDnnVariable) == "off")
            {
                symbols.SetOneDnn(symbols.GlobalContext(), 0);
            }

            return symbols;
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or NotSupportedException or BadImageFormatException)
        {
            throw new PganException(
                $"libtorch cannot be loaded ({exception.GetBaseException().Message.Split('\n')[^1].Trim()}): build again with `./pgan build`, "
                + "or restore the packages TorchSharp and libtorch-cpu-linux-x64.", exception);
        }
    }

    /// <summary>A <c>std::string</c> of GNU's C++ library.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct StdString
    {
        public nint Characters;
        public nuint Length;
        private readonly long _capacityOrText;
        private readonly long _moreText;
    }

    /// <summary>The functions of one loaded libtorch.</summary>
    public sealed class Symbols
    {
        private readonly nint _library;

        public Symbols(nint library)
        {
            _library = library;
            var abiVersion = (delegate* unmanaged[Cdecl]<ulong>)Find("aoti_torch_abi_version");
            AbiVersion = abiVersion();
            Found = $"{AbiVersion >> 56}.{(AbiVersion >> 48) & 0xFF}.{(AbiVersion >> 40) & 0xFF}";
            if (Found != Version)
            {
                throw new PganException(
                    $"The libtorch beside the program is version {Found}; this program needs {Version}. Build again with `./pgan build`, "
                    + "which brings the right one, and take other copies of libtorch_cpu.so out of LD_LIBRARY_PATH.");
            }

            CallDispatcher = (delegate* unmanaged[Cdecl]<nint, nint, ulong*, ulong, int>)Find("torch_call_dispatcher");
            NewTensorHandle = (delegate* unmanaged[Cdecl]<nint, out nint, int>)Find("aoti_torch_new_tensor_handle");
            NewList = (delegate* unmanaged[Cdecl]<nuint, out nint, int>)Find("torch_new_list_reserve_size");
            PushBack = (delegate* unmanaged[Cdecl]<nint, ulong, int>)Find("torch_list_push_back");
            DataPointer = (delegate* unmanaged[Cdecl]<nint, out nint, int>)Find("aoti_torch_get_data_ptr");
            ShowConfig = (delegate* unmanaged[Cdecl]<StdString*, StdString*>)Find("_ZN2at11show_configB5cxx11Ev");
            CpuCapability = (delegate* unmanaged[Cdecl]<StdString*, StdString*>)Find("_ZN2at18get_cpu_capabilityB5cxx11Ev");
            GlobalContext = (delegate* unmanaged[Cdecl]<nint>)Find("_ZN2at13globalContextEv");
            SetDeterministic = (delegate* unmanaged[Cdecl]<nint, byte, byte, void>)Find("_ZN2at7Context26setDeterministicAlgorithmsEbb");
            SetFillUninitialized = Switch("_ZN2at7Context39setDeterministicFillUninitializedMemoryEb");
            SetDeterministicCudnn = Switch("_ZN2at7Context21setDeterministicCuDNNEb");
            SetBenchmarkCudnn = Switch("_ZN2at7Context17setBenchmarkCuDNNEb");
            SetNnpack = Switch("_ZN2at7Context20setUserEnabledNNPACKEb");
            SetOneDnn = Switch("_ZN2at7Context20setUserEnabledMkldnnEb");
            UsesOneDnn = (delegate* unmanaged[Cdecl]<nint, byte>)Find("_ZNK2at7Context17userEnabledMkldnnEv");
            HasOneDnn = (delegate* unmanaged[Cdecl]<byte>)Find("_ZN2at7Context9hasMKLDNNEv");
            IsAutocastEnabled = (delegate* unmanaged[Cdecl]<sbyte, byte>)Find("_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE");
            SetAutocastEnabled = (delegate* unmanaged[Cdecl]<sbyte, byte, void>)Find("_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb");
            SetAutocastType = (delegate* unmanaged[Cdecl]<sbyte, sbyte, void>)Find("_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE");
            IncrementNesting = (delegate* unmanaged[Cdecl]<int>)Find("_ZN2at8autocast17increment_nestingEv");
            DecrementNesting = (delegate* unmanaged[Cdecl]<int>)Find("_ZN2at8autocast17decrement_nestingEv");
            ClearAutocastCache = (delegate* unmanaged[Cdecl]<void>)Find("_ZN2at8autocast11clear_cacheEv");
        }

        /// <summary>The version word that calls of the dispatcher carry.</summary>
        public ulong AbiVersion { get; }

        /// <summary>The loaded libtorch's version.</summary>
        public string Found { get; }

        public readonly delegate* unmanaged[Cdecl]<nint, nint, ulong*, ulong, int> CallDispatcher;
        public readonly delegate* unmanaged[Cdecl]<nint, out nint, int> NewTensorHandle;
        public readonly delegate* unmanaged[Cdecl]<nuint, out nint, int> NewList;
        public readonly delegate* unmanaged[Cdecl]<nint, ulong, int> PushBack;
        public readonly delegate* unmanaged[Cdecl]<nint, out nint, int> DataPointer;
        public readonly delegate* unmanaged[Cdecl]<StdString*, StdString*> ShowConfig;
        public readonly delegate* unmanaged[Cdecl]<StdString*, StdString*> CpuCapability;
        public readonly delegate* unmanaged[Cdecl]<nint> GlobalContext;
        public readonly delegate* unmanaged[Cdecl]<nint, byte, byte, void> SetDeterministic;
        public readonly delegate* unmanaged[Cdecl]<nint, byte, void> SetFillUninitialized;
        public readonly delegate* unmanaged[Cdecl]<nint, byte, void> SetDeterministicCudnn;
        public readonly delegate* unmanaged[Cdecl]<nint, byte, void> SetBenchmarkCudnn;
        public readonly delegate* unmanaged[Cdecl]<nint, byte, void> SetNnpack;
        public readonly delegate* unmanaged[Cdecl]<nint, byte, void> SetOneDnn;
        public readonly delegate* unmanaged[Cdecl]<nint, byte> UsesOneDnn;
        public readonly delegate* unmanaged[Cdecl]<byte> HasOneDnn;
        public readonly delegate* unmanaged[Cdecl]<sbyte, byte> IsAutocastEnabled;
        public readonly delegate* unmanaged[Cdecl]<sbyte, byte, void> SetAutocastEnabled;
        public readonly delegate* unmanaged[Cdecl]<sbyte, sbyte, void> SetAutocastType;
        public readonly delegate* unmanaged[Cdecl]<int> IncrementNesting;
        public readonly delegate* unmanaged[Cdecl]<int> DecrementNesting;
        public readonly delegate* unmanaged[Cdecl]<void> ClearAutocastCache;

        private nint Find(string name) => NativeLibrary.TryGetExport(_library, name, out var address)
            ? address
            : throw new PganException($"The libtorch {Found ?? "beside the program"} lacks the function {name}; this program needs libtorch {Version}. "
                + "Build again with `./pgan build`, which brings the right one.");

        private delegate* unmanaged[Cdecl]<nint, byte, void> Switch(string name) => (delegate* unmanaged[Cdecl]<nint, byte, void>)Find(name);
    }
}

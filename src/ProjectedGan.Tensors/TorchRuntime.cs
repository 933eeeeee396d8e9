using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ProjectedGan.Foundation;
using TorchSharp;

namespace ProjectedGan.Tensors;

/// <summary>Process-wide facts and switches of libtorch and the memory it uses.</summary>
public static unsafe partial class TorchRuntime
{
    private const string StatusFile = "/proc/self/status";
    private const string MapsFile = "/proc/self/maps";

    /// <summary>The environment variable that starts a process without oneDNN: <c>off</c>.</summary>
    public const string OneDnnVariable = "PGAN_ONEDNN";

    // Parameters of glibc's mallopt.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapMaximum = -4;
    private const int TopPadBytes = 1 << 28;

    /// <summary>The file of the libtorch that is loaded.</summary>
    /// <exception cref="PganException">libtorch cannot be loaded, or is of another version.</exception>
    public static string LibtorchFile
    {
        get
        {
            _ = Libtorch.Functions;
            return MappedFiles().First(file => file.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal));
        }
    }

    /// <summary>Sets how many threads one operation may use on the calling thread, and on threads that first use libtorch later.</summary>
    /// <remarks>
    /// Kernels split reductions by thread count, so the count is part of what a run's bits depend on. Every role's first call: it loads
    /// libtorch and checks that it is the right one.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    /// <exception cref="PganException">libtorch cannot be loaded or is another; the message says what to do.</exception>
    public static void SetThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _ = Libtorch.Functions;
        torch.set_num_threads(count);
    }

    /// <summary>Says which TorchSharp, libtorch, instruction set, threads and CUDA devices the process uses.</summary>
    /// <exception cref="PganException">libtorch cannot be loaded, or is of another version.</exception>
    public static TorchDescription Describe()
    {
        var functions = Libtorch.Functions;
        var config = Libtorch.Text(functions.ShowConfig);
        var (devices, status) = CudaDevices.Find();
        return new TorchDescription
        {
            TorchSharpVersion = typeof(torch).Assembly.GetName().Version!.ToString(3),
            LibtorchVersion = functions.Found,
            LibtorchPath = LibtorchFile,
            Blas = BlasInfoPattern().Match(config) is { Success: true } match ? match.Groups[1].Value.ToUpperInvariant() : "unknown",
            OneDnn = functions.HasOneDnn() == 0 ? "" : OneDnnPattern().Match(config) is { Success: true } found ? found.Groups[1].Value : "unknown",
            OneDnnEnabled = OneDnnEnabled,
            CpuCapability = Libtorch.Text(functions.CpuCapability),
            IntraOpThreads = torch.get_num_threads(),
            CudaDevices = devices,
            CudaStatus = status,
        };
    }

    /// <summary>
    /// Everything about this machine that can change bits: libtorch, whether it convolves with oneDNN, the instruction set or GPU model
    /// that kernels were chosen for. Workers of one run agree on it.
    /// </summary>
    /// <exception cref="PganException">libtorch cannot be loaded, or is of another version.</exception>
    public static string Arithmetic(torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        var torch = Describe();
        if (device.type == DeviceType.CUDA)
        {
            var gpu = torch.CudaDevices[Math.Max(0, device.index)];
            return $"libtorch {torch.LibtorchVersion}; {gpu.Name}";
        }
        return $"libtorch {torch.LibtorchVersion}; oneDNN {(torch.OneDnnEnabled ? torch.OneDnn : "off")}; {torch.CpuCapability}";
    }

    /// <summary>Whether convolutions use oneDNN, for the whole process. A convolution check that fails turns it off.</summary>
    public static bool OneDnnEnabled
    {
        get => Libtorch.Functions.UsesOneDnn(Libtorch.Functions.GlobalContext()) != 0;
        set => Libtorch.Functions.SetOneDnn(Libtorch.Functions.GlobalContext(), value ? (byte)1 : (byte)0);
    }

    /// <summary>Keeps freed memory in the process: training frees and allocates the same large blocks in every iteration.</summary>
    /// <returns>Whether the C library has these settings (glibc does).</returns>
    /// <remarks>
    /// mallopt: no mmap for large blocks, a trim threshold out of reach, 256 MiB of head-room at each growth. Call it once, before the
    /// first large allocation. Resident memory then stays at its peak until <see cref="GiveMemoryBack"/>.
    /// </remarks>
    public static bool TuneAllocator()
    {
        try
        {
            return SetAllocator(MapMaximum, 0) != 0 && SetAllocator(TrimThreshold, int.MaxValue) != 0 && SetAllocator(TopPad, TopPadBytes) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Gives memory that nobody uses any more back to the operating system.</summary>
    /// <remarks>
    /// For a process that goes on after a piece of work, between two of them and never inside one: it stops all threads for a tenth of a
    /// second, and the next work asks for its memory anew. libtorch keeps what it has of a CUDA device: neither its C ABI nor TorchSharp can
    /// empty that cache.
    /// </remarks>
    public static void GiveMemoryBack()
    {
        // Tensors that nobody disposed are freed by their finalizers, and what held them by the second collection.
        CollectAll();
        GC.WaitForPendingFinalizers();
        CollectAll();
        try
        {
            _ = TrimAllocator(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc: such a C library was not tuned either, and returns memory as it is freed.
        }
    }

    /// <summary>Chooses kernels that give the same bits at every run: deterministic algorithms, no cuDNN autotuning, no TF32.</summary>
    /// <remarks>
    /// Operations without a deterministic kernel warn instead of failing. On CUDA the backward passes of bilinear upsampling and of some
    /// pooling operations are such, and cuBLAS needs the environment variable CUBLAS_WORKSPACE_CONFIG=:4096:8 from the start of the process.
    /// On the CPU the kernels in use are deterministic for a fixed thread count.
    /// </remarks>
    public static void UseDeterministicKernels()
    {
        var functions = Libtorch.Functions;
        var context = functions.GlobalContext();
        functions.SetDeterministic(context, 1, 1);
        // It would write NaN into every new tensor, which costs time and hides nothing here.
        functions.SetFillUninitialized(context, 0);
        functions.SetDeterministicCudnn(context, 1);
        functions.SetBenchmarkCudnn(context, 0);
        torch.backends.cuda.matmul.allow_tf32 = false;
        torch.backends.cudnn.allow_tf32 = false;
    }

    /// <summary>Memory that the process holds now, in bytes (VmRSS).</summary>
    public static long ResidentBytes() => StatusBytes("VmRSS:");

    /// <summary>
    /// Lets <see cref="PeakResidentBytes"/> begin anew, for what is done next in the same process. Does nothing where the system does not let it.
    /// </summary>
    public static void ForgetPeakResidentBytes()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Some sandboxes have no such file. The figure is of the whole process then.
        }
    }

    /// <summary>The most memory that the process has held, in bytes (VmHWM).</summary>
    public static long PeakResidentBytes() => StatusBytes("VmHWM:");

    private static void CollectAll() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static long StatusBytes(string field)
    {
        var line = File.ReadLines(StatusFile).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))
            ?? throw new PganException($"{StatusFile} has no field {field}");
        return long.Parse(line.AsSpan(field.Length).Trim().ToString().Split(' ')[0]) * 1024;
    }

    private static IEnumerable<string> MappedFiles() => File.ReadLines(MapsFile)
        .Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "")
        .Distinct();

    [GeneratedRegex(@"BLAS_INFO=(\w+)")]
    private static partial Regex BlasInfoPattern();

    [GeneratedRegex(@"MKL-DNN v(\S+)")]
    private static partial Regex OneDnnPattern();

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocator(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimAllocator(nuint pad);
}

/// <summary>What the process computes on, for `pgan doctor`, logs and benchmark records.</summary>
public sealed record TorchDescription
{
    /// <summary>Version of TorchSharp.</summary>
    public required string TorchSharpVersion { get; init; }

    /// <summary>Version of the libtorch that is loaded.</summary>
    public required string LibtorchVersion { get; init; }

    /// <summary>Its file.</summary>
    public required string LibtorchPath { get; init; }

    /// <summary>The BLAS inside it.</summary>
    public required string Blas { get; init; }

    /// <summary>Version of oneDNN, the library of its convolutions; empty where it has none.</summary>
    public required string OneDnn { get; init; }

    /// <summary>Whether convolutions use oneDNN in this process.</summary>
    public required bool OneDnnEnabled { get; init; }

    /// <summary>Instruction set that libtorch's kernels were chosen for: DEFAULT, AVX2, AVX512.</summary>
    public required string CpuCapability { get; init; }

    /// <summary>Threads that one operation may use, on the calling thread.</summary>
    public required int IntraOpThreads { get; init; }

    /// <summary>Usable CUDA devices; empty where there are none.</summary>
    public required IReadOnlyList<CudaDeviceDescription> CudaDevices { get; init; }

    /// <summary>Where <see cref="CudaDevices"/> is empty, why; otherwise the number of devices.</summary>
    public required string CudaStatus { get; init; }
}

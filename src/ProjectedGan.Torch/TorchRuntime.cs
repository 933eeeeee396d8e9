using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace ProjectedGan.Torch;

/// <summary>Process-wide facts and switches of libtorch and the memory it uses.</summary>
public static partial class TorchRuntime
{
    private const string StatusFile = "/proc/self/status";
    private const string MapsFile = "/proc/self/maps";
    private const long TrimThresholdBytes = 1L << 35;
    private const int TopPadBytes = 1 << 28;

    /// <summary>Sets how many threads one operation may use on the calling thread, and on threads that first use libtorch later.</summary>
    /// <remarks>Kernels split reductions by thread count, so the count is part of what a run's bits depend on.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    public static void SetThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Native.Check(SetIntraOpThreads(count));
    }

    /// <summary>Says which libtorch, BLAS, instruction set, threads and CUDA devices the process uses.</summary>
    /// <exception cref="PganException">The native library cannot be loaded.</exception>
    public static TorchDescription Describe()
    {
        Native.Check(LibtorchPath(out var pathText));
        var path = Text(pathText);
        Native.Check(ShowConfig(out var configText));
        var config = Text(configText);
        Native.Check(Features(out var hasMkl, out var hasMkldnn, out var intraOp, out var interOp));
        var (devices, status) = CudaDevices.Find();
        return new TorchDescription
        {
            LibtorchVersion = Text(LibtorchVersion()),
            LibtorchPath = path,
            Blas = DescribeBlas(hasMkl != 0, config),
            HasMkldnn = hasMkldnn != 0,
            CpuCapability = CapabilityPattern().Match(config) is { Success: true } match ? match.Groups[1].Value : "unknown",
            IntraOpThreads = intraOp,
            InterOpThreads = interOp,
            BuiltWithCuda = CudaDevices.Built,
            CudaDevices = devices,
            CudaStatus = status,
        };
    }

    /// <summary>Keeps freed memory in the process: training frees and allocates the same large blocks in every iteration.</summary>
    /// <returns>Whether the C library has these settings (glibc does).</returns>
    /// <remarks>
    /// mallopt: no mmap for large blocks, a trim threshold out of reach, 256 MiB of head-room at each growth. Call it once, before the
    /// first large allocation. Resident memory then stays at its peak.
    /// </remarks>
    public static bool TuneAllocator()
    {
        Native.Check(TuneAllocator(TrimThresholdBytes, TopPadBytes, out var supported));
        return supported != 0;
    }

    /// <summary>Chooses kernels that give the same bits at every run: deterministic algorithms, no cuDNN autotuning, no TF32.</summary>
    /// <remarks>
    /// Operations without a deterministic kernel warn instead of failing. On CUDA the backward passes of bilinear upsampling and of some
    /// pooling operations are such, and cuBLAS needs the environment variable CUBLAS_WORKSPACE_CONFIG=:4096:8 from the start of the process.
    /// On the CPU the kernels in use are deterministic for a fixed thread count.
    /// </remarks>
    public static void UseDeterministicKernels() => Native.Check(DeterministicKernels());

    /// <summary>Memory that the process holds now, in bytes (VmRSS).</summary>
    public static long ResidentBytes() => StatusBytes("VmRSS:");

    /// <summary>The most memory that the process has held, in bytes (VmHWM).</summary>
    public static long PeakResidentBytes() => StatusBytes("VmHWM:");

    private static long StatusBytes(string field)
    {
        var line = File.ReadLines(StatusFile).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))
            ?? throw new PganException($"{StatusFile} has no field {field}");
        return long.Parse(line.AsSpan(field.Length).Trim().ToString().Split(' ')[0]) * 1024;
    }

    private static string DescribeBlas(bool hasMkl, string config)
    {
        // libtorch_cpu may name one BLAS at build time and find another behind libblas.so.3 at run time: what is mapped counts.
        var files = File.ReadLines(MapsFile)
            .Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "")
            .Where(file => BlasFilePattern().IsMatch(file))
            .Distinct()
            .ToArray();
        foreach (var (pattern, name) in new[] { ("openblas", "OpenBLAS"), ("mkl", "MKL"), ("blis", "BLIS"), ("atlas", "ATLAS") })
        {
            if (Array.Find(files, file => file.Contains(pattern, StringComparison.OrdinalIgnoreCase)) is { } file)
            {
                return $"{name} ({file})";
            }
        }

        if (files.Length > 0)
        {
            return $"reference BLAS ({files[0]}); it is slow, install an optimised one such as libopenblas0-openmp";
        }

        if (hasMkl)
        {
            return "MKL (inside libtorch)";
        }

        return BlasInfoPattern().Match(config) is { Success: true } match ? $"{match.Groups[1].Value} (inside libtorch)" : "unknown";
    }

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    [GeneratedRegex(@"CPU capability usage: (\S+)")]
    private static partial Regex CapabilityPattern();

    [GeneratedRegex(@"BLAS_INFO=(\w+)")]
    private static partial Regex BlasInfoPattern();

    [GeneratedRegex(@"openblas|mkl|blis|atlas|/lib(blas|cblas)\.so", RegexOptions.IgnoreCase)]
    private static partial Regex BlasFilePattern();

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_set_threads")]
    private static partial int SetIntraOpThreads(int count);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_libtorch_version")]
    private static partial nint LibtorchVersion();

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_libtorch_path")]
    private static partial int LibtorchPath(out nint path);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_show_config")]
    private static partial int ShowConfig(out nint text);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_features")]
    private static partial int Features(out int hasMkl, out int hasMkldnn, out int intraOpThreads, out int interOpThreads);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_tune_allocator")]
    private static partial int TuneAllocator(long trimThreshold, int topPad, out int supported);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_use_deterministic_kernels")]
    private static partial int DeterministicKernels();
}

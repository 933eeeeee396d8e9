namespace ProjectedGan.Torch;

/// <summary>What the process computes on, for `pgan doctor`, logs and benchmark records.</summary>
public sealed record TorchDescription
{
    /// <summary>Version of the libtorch that the native library was built against.</summary>
    public required string LibtorchVersion { get; init; }

    /// <summary>File of the libtorch that is loaded.</summary>
    public required string LibtorchPath { get; init; }

    /// <summary>The BLAS that is loaded, with its file where it is a library of its own.</summary>
    public required string Blas { get; init; }

    /// <summary>Whether convolutions can use oneDNN (MKL-DNN).</summary>
    public required bool HasMkldnn { get; init; }

    /// <summary>Instruction set that libtorch's kernels were chosen for: DEFAULT, AVX2, AVX512.</summary>
    public required string CpuCapability { get; init; }

    /// <summary>Threads that one operation may use, on the calling thread.</summary>
    public required int IntraOpThreads { get; init; }

    /// <summary>Size of libtorch's pool for independent operations.</summary>
    public required int InterOpThreads { get; init; }

    /// <summary>Whether the native library was built with CUDA.</summary>
    public required bool BuiltWithCuda { get; init; }

    /// <summary>Usable CUDA devices; empty where there are none.</summary>
    public required IReadOnlyList<CudaDeviceDescription> CudaDevices { get; init; }

    /// <summary>Where <see cref="CudaDevices"/> is empty, why; otherwise the number of devices.</summary>
    public required string CudaStatus { get; init; }
}

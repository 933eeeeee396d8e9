namespace ProjectedGan.Tensors;

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

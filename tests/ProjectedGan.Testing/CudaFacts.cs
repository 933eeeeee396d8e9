using ProjectedGan.Tensors;
using TorchSharp;

namespace ProjectedGan.Testing;

/// <summary>A test of what a build without CUDA says; skipped in one with it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CpuBuildFactAttribute : FactAttribute
{
    public CpuBuildFactAttribute() => Skip = CudaDevices.Built ? "This build has CUDA." : null;
}

/// <summary>A test of what is said without a GPU; skipped where there is one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NoGpuFactAttribute : FactAttribute
{
    public NoGpuFactAttribute() => Skip = torch.cuda.is_available() ? "This machine has a GPU." : null;
}

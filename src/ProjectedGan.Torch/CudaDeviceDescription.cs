namespace ProjectedGan.Torch;

/// <summary>One CUDA device.</summary>
/// <param name="Index">Number of the device, as in <c>cuda:0</c>.</param>
/// <param name="Name">The maker's name.</param>
/// <param name="MemoryBytes">Total memory.</param>
/// <param name="ComputeCapability">Major and minor version, as in 9.0.</param>
public sealed record CudaDeviceDescription(int Index, string Name, long MemoryBytes, string ComputeCapability);

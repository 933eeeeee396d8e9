using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

/// <summary>What is found of CUDA, and what a build without it answers.</summary>
public class CudaTests
{
    [Fact]
    public void Find_Devices_AreThoseThatLibtorchCanUse() => Assert.Equal(cuda.is_available(), CudaDevices.Built && CudaDevices.Find().Devices.Count > 0);

    [CpuBuildFact]
    public void Find_CpuBuild_SaysHowToGetCuda() => Assert.Contains("-p:TorchDevice=cuda", CudaDevices.Find().Status, StringComparison.Ordinal);

    [Fact]
    public void PinnedBuffer_WithoutCuda_IsOrdinaryMemory()
    {
        using var buffer = new PinnedBuffer([2, 3], ScalarType.Float32);
        buffer.Tensor.fill_(4);

        Assert.Equal([2L, 3L], buffer.Tensor.shape);
        Assert.Equal(ScalarType.Float32, buffer.Tensor.dtype);
        using var sum = buffer.Tensor.sum();
        Assert.Equal(24f, sum.item<float>());
    }
}

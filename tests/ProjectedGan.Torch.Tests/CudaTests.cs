using static TorchSharp.torch;

namespace ProjectedGan.Torch.Tests;

/// <summary>What a build without CUDA answers.</summary>
public class CudaTests
{
    [Fact]
    public void Find_CpuBuild_SaysHowToGetCuda()
    {
        var (devices, status) = CudaDevices.Find();

        Assert.Equal(CudaDevices.Built && devices.Count > 0, cuda.is_available());
        if (!CudaDevices.Built)
        {
            Assert.Contains("-p:TorchDevice=cuda", status);
        }
    }

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

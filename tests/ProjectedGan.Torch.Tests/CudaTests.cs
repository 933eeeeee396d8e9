using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Torch.Tests;

/// <summary>What a build without CUDA answers.</summary>
public class CudaTests
{
    public static TheoryData<string, Action> Entries => new()
    {
        { "stream", () => new CudaStream(new Device(DeviceType.CUDA, 0)).Dispose() },
        { "event", () => new CudaEvent(new Device(DeviceType.CUDA, 0)).Dispose() },
        { "graph", () => new CudaGraph(new Device(DeviceType.CUDA, 0)).Dispose() },
        { "require", CudaDevices.Require },
        { "synchronize", () => CudaDevices.Synchronize() },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public void AnyEntry_CpuBuild_SaysWhichLibtorchAndWhatToDo(string entry, Action call)
    {
        if (CudaDevices.Built)
        {
            return;
        }

        var exception = Assert.Throws<PganException>(call);

        Assert.True(exception.Message.Contains("has no CUDA: libtorch ", StringComparison.Ordinal), $"{entry}: {exception.Message}");
        Assert.Contains("libtorch_cpu", exception.Message);
        Assert.Contains("LIBTORCH=", exception.Message);
    }

    [Fact]
    public void Stream_CpuDevice_RefusedAsUsage() => Assert.Contains("cpu", Assert.Throws<UsageException>(() => new CudaStream(CPU)).Message);

    [Fact]
    public void PinnedBuffer_WithoutCuda_IsOrdinaryMemoryAndSaysSo()
    {
        using var scope = NewDisposeScope();
        using var buffer = new PinnedBuffer([2, 3], ScalarType.Float32);
        buffer.Tensor.fill_(4);

        Assert.Equal(CudaDevices.Count > 0, buffer.IsPinned);
        Assert.Equal([2L, 3L], buffer.Tensor.shape);
        Assert.Equal(ScalarType.Float32, buffer.Tensor.dtype);
        Assert.Equal(24f, buffer.Tensor.sum().item<float>());
    }

    [Fact]
    public void DeviceGenerator_CudaWithoutCuda_SaysSo()
    {
        if (CudaDevices.Count > 0)
        {
            return;
        }

        Assert.Contains("CUDA", Assert.Throws<PganException>(() => new DeviceGenerator(new Device(DeviceType.CUDA, 0), 1)).Message);
    }
}

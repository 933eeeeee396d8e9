namespace ProjectedGan.Tensors.Tests;

public class TorchRuntimeTests
{
    [Fact]
    public void Describe_ThisMachine_NamesVersionsInstructionSetAndThreads()
    {
        var description = TorchRuntime.Describe();

        Assert.Equal("0.107.0", description.TorchSharpVersion);
        Assert.Equal("2.10.0", description.LibtorchVersion);
        Assert.EndsWith("/libtorch_cpu.so", description.LibtorchPath);
        Assert.True(File.Exists(description.LibtorchPath));
        Assert.Equal("MKL", description.Blas);
        Assert.Matches(@"^\d+\.\d+\.\d+", description.OneDnn);
        Assert.True(description.OneDnnEnabled);
        Assert.Contains(description.CpuCapability, new[] { "DEFAULT", "AVX2", "AVX512" });
        Assert.Equal(1, description.IntraOpThreads);
        Assert.NotEmpty(description.CudaStatus);
    }

    [Fact]
    public void SetThreads_Two_ShowsInDescription()
    {
        TorchRuntime.SetThreads(2);
        Assert.Equal(2, TorchRuntime.Describe().IntraOpThreads);
        TorchRuntime.SetThreads(1);
        Assert.Equal(1, TorchRuntime.Describe().IntraOpThreads);
    }

    [Fact]
    public void SetThreads_Zero_Refused() => Assert.Throws<ArgumentOutOfRangeException>(() => TorchRuntime.SetThreads(0));

    [Fact]
    public void ResidentBytes_ThisProcess_IsBelowPeak()
    {
        var resident = TorchRuntime.ResidentBytes();

        Assert.InRange(resident, 1L << 20, TorchRuntime.PeakResidentBytes());
    }

    [Fact]
    public void TuneAllocator_Glibc_Accepts() => Assert.True(TorchRuntime.TuneAllocator());

    [Fact]
    public void UseDeterministicKernels_Called_TurnsTensorFloat32Off()
    {
        TorchRuntime.UseDeterministicKernels();

        Assert.False(TorchSharp.torch.backends.cuda.matmul.allow_tf32);
        Assert.False(TorchSharp.torch.backends.cudnn.allow_tf32);
    }
}

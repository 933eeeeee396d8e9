namespace ProjectedGan.Torch.Tests;

public class TorchRuntimeTests
{
    [Fact]
    public void Describe_ThisMachine_NamesLibtorchBlasAndThreads()
    {
        var description = TorchRuntime.Describe();

        Assert.Matches(@"^\d+\.\d+", description.LibtorchVersion);
        Assert.Contains("libtorch", description.LibtorchPath);
        Assert.True(File.Exists(description.LibtorchPath));
        Assert.NotEqual("unknown", description.Blas);
        Assert.NotEqual("unknown", description.CpuCapability);
        Assert.Equal(1, description.IntraOpThreads);
        Assert.True(description.InterOpThreads >= 1);
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
    public void UseDeterministicKernels_Called_TurnsThemOn()
    {
        TorchRuntime.UseDeterministicKernels();

        Assert.True(TorchSharp.torch.are_deterministic_algorithms_enabled());
    }
}

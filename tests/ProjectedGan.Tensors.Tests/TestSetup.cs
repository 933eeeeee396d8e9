using System.Runtime.CompilerServices;
using static TorchSharp.torch;

// Some tests set the thread count or autocast state, which others must not see change under them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace ProjectedGan.Tensors.Tests;

internal static class TestSetup
{
    [ModuleInitializer]
    internal static void UseOneThread() => TorchRuntime.SetThreads(1);

    /// <summary>Normally distributed numbers of a seed.</summary>
    internal static Tensor Normal(ulong seed, long[] shape, ScalarType dtype = ScalarType.Float64)
    {
        using var generator = new Generator(seed);
        return randn(shape, dtype, generator: generator);
    }

    internal static double MaxDifference(Tensor left, Tensor right) => (left - right).abs().max().to(ScalarType.Float64).item<double>();
}

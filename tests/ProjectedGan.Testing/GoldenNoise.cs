using ProjectedGan.Networks.Noise;
using static TorchSharp.torch;

namespace ProjectedGan.Testing;

/// <summary>Replays a golden case's noise: draw j is the input <paramref name="prefix"/> with j behind it.</summary>
public sealed class GoldenNoise(GoldenRun run, string prefix) : INoiseSource
{
    private int _drawn;

    public Tensor Draw(long[] shape, ScalarType dtype, Device device)
    {
        var noise = run.Input($"{prefix}{_drawn++}");
        Assert.Equal(noise.shape, shape);
        Assert.Equal(run.Dtype, dtype);
        return noise;
    }
}

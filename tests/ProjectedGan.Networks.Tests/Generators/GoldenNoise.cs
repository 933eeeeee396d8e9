using ProjectedGan.Networks.Noise;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Generators;

/// <summary>Replays a golden case's noise: draw j of one forward pass is <c>draw:noise{j}</c>.</summary>
internal sealed class GoldenNoise(GoldenRun run) : INoiseSource
{
    private int _drawn;

    public Tensor Draw(long[] shape, ScalarType dtype, Device device)
    {
        var noise = run.Input($"draw:noise{_drawn++}");
        Assert.Equal(noise.shape, shape);
        Assert.Equal(run.Dtype, dtype);
        return noise;
    }
}

using static TorchSharp.torch;

namespace ProjectedGan.Networks.Noise;

/// <summary>Standard normal noise from a generator of the network's device.</summary>
public sealed class GeneratorNoise(Generator generator) : INoiseSource
{
    public Tensor Draw(long[] shape, ScalarType dtype, Device device) => randn(shape, dtype, device, false, generator);
}

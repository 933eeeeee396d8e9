using static TorchSharp.torch;

namespace ProjectedGan.Networks.Noise;

/// <summary>Where a forward pass gets its noise from: networks draw no random numbers themselves.</summary>
public interface INoiseSource
{
    /// <summary>The next draw, standard normal. A network draws in execution order, so a source can be replayed.</summary>
    Tensor Draw(long[] shape, ScalarType dtype, Device device);
}

using static TorchSharp.torch;

namespace ProjectedGan.Networks.Noise;

/// <summary>Where a forward pass gets its noise from: networks draw no random numbers themselves.</summary>
public interface INoiseSource
{
    /// <summary>The next draw, standard normal. A network draws in execution order, so a source can be replayed.</summary>
    Tensor Draw(long[] shape, ScalarType dtype, Device device);
}

/// <summary>Standard normal noise from a generator of the network's device.</summary>
public sealed class GeneratorNoise(Generator generator) : INoiseSource
{
    public Tensor Draw(long[] shape, ScalarType dtype, Device device) => randn(shape, dtype, device, false, generator);
}

/// <summary>The noise planes that a network keeps as part of its state, the same for every image; none where it keeps none.</summary>
public sealed class StoredNoise : INoiseSource
{
    private StoredNoise()
    {
    }

    public static StoredNoise Instance { get; } = new();

    public Tensor Draw(long[] shape, ScalarType dtype, Device device) => throw new InvalidOperationException("Stored noise is the network's own and is not drawn.");
}

/// <summary>Which noise a generator injects.</summary>
public enum NoiseMode
{
    /// <summary>What the caller of the forward pass draws, if anything.</summary>
    Drawn,

    /// <summary>The network's own, the same for every image; see <see cref="StoredNoise"/>.</summary>
    Stored,

    /// <summary>None.</summary>
    None,
}

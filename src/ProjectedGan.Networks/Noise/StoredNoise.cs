using static TorchSharp.torch;

namespace ProjectedGan.Networks.Noise;

/// <summary>The noise planes that a network keeps as part of its state, the same for every image; none where it keeps none.</summary>
public sealed class StoredNoise : INoiseSource
{
    private StoredNoise()
    {
    }

    public static StoredNoise Instance { get; } = new();

    public Tensor Draw(long[] shape, ScalarType dtype, Device device) => throw new InvalidOperationException("Stored noise is the network's own and is not drawn.");
}

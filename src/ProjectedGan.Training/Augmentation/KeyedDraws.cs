using ProjectedGan.Data.Ordering;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

/// <summary>Draws from a keyed stream, made on the CPU and copied: every device sees the same numbers. Not thread-safe.</summary>
public sealed class KeyedDraws(RandomKey key) : IAugmentationDraws
{
    private readonly KeyedRandom _random = new(key);

    public Tensor Rand(long[] shape, ScalarType dtype, Device device)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var values = new float[Elements(shape)];
        for (var i = 0; i < values.Length; i++)
            values[i] = _random.NextSingle();
        return tensor(values, shape, dtype: dtype, device: device);
    }

    public Tensor RandInt(long low, long high, long[] shape, Device device)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(low, high);
        var values = new long[Elements(shape)];
        for (var i = 0; i < values.Length; i++)
            values[i] = low + _random.NextBelow(high - low);
        return tensor(values, shape, dtype: ScalarType.Int64, device: device);
    }

    private static int Elements(long[] shape) => checked((int)shape.Aggregate(1L, (product, size) => product * size));
}

using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

/// <summary>Random numbers of an augmentation, asked for in a fixed order, so that a test can feed them and a replica can key them.</summary>
public interface IAugmentationDraws
{
    /// <summary>Uniform on [0, 1).</summary>
    Tensor Rand(long[] shape, ScalarType dtype, Device device);

    /// <summary>Uniform integers (int64) from <paramref name="low"/> to <paramref name="high"/> - 1.</summary>
    Tensor RandInt(long low, long high, long[] shape, Device device);
}

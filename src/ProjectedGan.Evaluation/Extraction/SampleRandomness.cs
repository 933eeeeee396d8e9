using ProjectedGan.Data.Ordering;
using ProjectedGan.Networks.Noise;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Extraction;

/// <summary>
/// Random inputs of generated samples, each keyed by (seed, sample, purpose): sample 7 is the same picture whatever the batch size and
/// whoever makes it, and no global generator is touched. No stream is one that training with the same seed draws from.
/// </summary>
public static class SampleRandomness
{
    /// <summary>Standard normal latents [count, size] in float32 on the CPU, for samples first, first + 1, …; the caller disposes them.</summary>
    public static Tensor Latents(long seed, long first, long count, long size) =>
        Normal([count, size], CPU, i => Key(seed, first + i, draw: 0, RandomPurpose.Latents));

    /// <summary>A number in [0, bound) for one sample.</summary>
    public static long LabelIndex(long seed, long sample, long bound) =>
        new KeyedRandom(Key(seed, sample, draw: 0, RandomPurpose.Labels)).NextBelow(bound);

    /// <summary>Noise for the samples first, first + 1, … of one forward pass.</summary>
    public static INoiseSource Noise(long seed, long first) => new KeyedNoise(seed, first);

    private static Tensor Normal(long[] shape, Device device, Func<long, RandomKey> key)
    {
        using var scope = NewDisposeScope();
        long[] each = [1, .. shape[1..]];
        List<Tensor> samples = [];
        for (long i = 0; i < shape[0]; i++)
        {
            using Generator random = new((ulong)key(i).Seed, device);
            samples.Add(randn(each, dtype: ScalarType.Float32, device: device, generator: random));
        }

        return cat(samples, 0).MoveToOuterDisposeScope();
    }

    private static RandomKey Key(long seed, long sample, int draw, RandomPurpose purpose) => RandomKey.For(
        (long)RandomKey.ForRun(seed, RandomPurpose.Evaluation).Value, sample, RandomPhase.None, draw, purpose);

    private sealed class KeyedNoise(long seed, long first) : INoiseSource
    {
        private int _draws;

        public Tensor Draw(long[] shape, ScalarType dtype, Device device)
        {
            using var scope = NewDisposeScope();
            var draw = _draws++;
            return Normal(shape, device, i => Key(seed, first + i, draw, RandomPurpose.Noise)).to_type(dtype).MoveToOuterDisposeScope();
        }
    }
}

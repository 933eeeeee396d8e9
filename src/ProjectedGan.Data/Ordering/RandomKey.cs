namespace ProjectedGan.Data.Ordering;

/// <summary>
/// Names a stream of random numbers by what it is for, so that what a replica draws does not depend on the worker that hosts it, on
/// the order of work, or on whether the run was interrupted.
/// </summary>
/// <remarks>
/// key₀ = mix(seed); key ← mix(key + γ + field) for the fields iteration, phase, replica, purpose in this order, modulo 2⁶⁴, with
/// γ = 0x9E3779B97F4A7C15 and mix the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014): z ^= z >> 30; z *= 0xBF58476D1CE4E5B9; z ^= z >> 27; z *= 0x94D049BB133111EB; z ^= z >> 31.
/// Each step is a bijection of the key, and the additions keep equal fields in different places apart. libtorch's CPU generator
/// keeps the low 32 bits of a seed only; all bits of a key are equally mixed, so any of them serve.
/// </remarks>
public readonly record struct RandomKey(ulong Value)
{
    internal const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>The key as a seed for a torch generator: 63 bits, not negative.</summary>
    public long Seed => (long)(Value >> 1);

    /// <summary>The stream of one replica and purpose in one phase of one iteration.</summary>
    public static RandomKey For(long runSeed, long iteration, RandomPhase phase, int replica, RandomPurpose purpose)
    {
        var key = Mix((ulong)runSeed);
        key = Mix(key + Gamma + (ulong)iteration);
        key = Mix(key + Gamma + (ulong)phase);
        key = Mix(key + Gamma + (ulong)replica);
        return new RandomKey(Mix(key + Gamma + (ulong)purpose));
    }

    /// <summary>The stream of a purpose that belongs to a run as a whole, such as its initial weights.</summary>
    public static RandomKey ForRun(long runSeed, RandomPurpose purpose) => For(runSeed, 0, RandomPhase.None, 0, purpose);

    internal static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

/// <summary>The part of an iteration that draws random numbers. The numbers are part of every run's results and never change.</summary>
public enum RandomPhase
{
    /// <summary>Draws that belong to no phase.</summary>
    None = 0,
    Generator = 1,
    Discriminator = 2,

    /// <summary>The regularisation of path lengths, within the generator's phase but with latents of its own.</summary>
    PathLength = 3,
}

/// <summary>What random numbers are drawn for; each purpose has a stream of its own. The numbers are part of every run's results and never change.</summary>
public enum RandomPurpose
{
    DataOrder = 1,
    Weights = 2,
    Latents = 3,
    Labels = 4,
    Noise = 5,

    /// <summary>Augmentation of generated images.</summary>
    Augmentation = 6,

    /// <summary>Augmentation of the dataset's images.</summary>
    RealAugmentation = 7,
    Evaluation = 8,
    Samples = 9,
    Projection = 10,

    /// <summary>Which images mix the styles of two latents, and from which layer on.</summary>
    Mixing = 11,

    /// <summary>The second latents.</summary>
    MixedLatents = 12,

    /// <summary>The directions in which path lengths are measured.</summary>
    PathDirections = 13,

    /// <summary>Which part of real images a decoder has to find again.</summary>
    Crops = 14,

    /// <summary>Which images of a dataset a run trains on.</summary>
    Subset = 32,
}

/// <summary>
/// A counter-based generator: number i of a stream is mix(key + (i + 1)·γ) (SplitMix64, see <see cref="RandomKey"/>), the same on every
/// machine and device. Not thread-safe; two with one key give the same numbers.
/// </summary>
public sealed class KeyedRandom(RandomKey key)
{
    private ulong _state = key.Value;

    public ulong NextUInt64() => RandomKey.Mix(_state += RandomKey.Gamma);

    /// <summary>Uniform on [0, 1), a multiple of 2⁻²⁴: exact in float.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform on [0, <paramref name="bound"/>), without bias: the high half of a 128-bit product, redrawn in the rare cases that would favour some values (Lemire 2019).</summary>
    public long NextBelow(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var range = (ulong)bound;
        var high = Math.BigMul(NextUInt64(), range, out var low);
        if (low < range)
        {
            var unfair = (0 - range) % range;
            while (low < unfair)
                high = Math.BigMul(NextUInt64(), range, out low);
        }
        return (long)high;
    }
}

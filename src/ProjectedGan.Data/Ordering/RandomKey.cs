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

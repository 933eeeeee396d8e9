namespace ProjectedGan.Data.Ordering;

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

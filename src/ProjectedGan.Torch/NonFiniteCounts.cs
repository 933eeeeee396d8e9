namespace ProjectedGan.Torch;

/// <summary>How many elements were replaced, by kind.</summary>
public readonly record struct NonFiniteCounts(long NaN, long PositiveInfinity, long NegativeInfinity)
{
    public long Total => NaN + PositiveInfinity + NegativeInfinity;

    public static NonFiniteCounts operator +(NonFiniteCounts left, NonFiniteCounts right) => Add(left, right);

    public static NonFiniteCounts Add(NonFiniteCounts left, NonFiniteCounts right) =>
        new(left.NaN + right.NaN, left.PositiveInfinity + right.PositiveInfinity, left.NegativeInfinity + right.NegativeInfinity);
}

namespace ProjectedGan.Coordinator.Catalog;

/// <summary>Makes ids that sort by time: 40 bits of milliseconds and 10 bits that keep those of one millisecond apart, as 10 digits of base 32.</summary>
internal sealed class ExperimentIds(TimeProvider time)
{
    // Digits and letters without i, l, o and u, in the order of their codes.
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 10;

    private static readonly DateTimeOffset Beginning = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _last;

    /// <summary>Ids that exist: the next one is larger.</summary>
    public void Learn(string id)
    {
        long value = 0;
        foreach (char digit in id)
        {
            value = (value << 5) | (long)Math.Max(Digits.IndexOf(digit, StringComparison.Ordinal), 0);
        }

        _last = Math.Max(_last, value);
    }

    public string Next()
    {
        long milliseconds = (long)(time.GetUtcNow() - Beginning).TotalMilliseconds;
        _last = Math.Max(_last + 1, (milliseconds << 10) | (long)Random.Shared.Next(1 << 10));
        return string.Create(Length, _last, static (text, value) =>
        {
            for (int place = Length - 1; place >= 0; place--, value >>= 5)
            {
                text[place] = Digits[(int)(value & 31)];
            }
        });
    }
}

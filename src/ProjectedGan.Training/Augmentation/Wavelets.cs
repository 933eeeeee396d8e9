namespace ProjectedGan.Training.Augmentation;

/// <summary>Filters of Daubechies' least asymmetric orthogonal wavelets ("Ten Lectures on Wavelets", 1992, section 8.1).</summary>
internal static class Wavelets
{
    /// <summary>
    /// The lowpass filter of sym6. It sums to √2 and is orthogonal to itself shifted by an even number: doubling an image by it and halving
    /// it by the same gives the image.
    /// </summary>
    public static double[] Sym6 { get; } =
    [
        0.015404109327044824, 0.0034907120842221625, -0.11799011114852003, -0.048311742585698055, 0.49105594192797373, 0.7876411410286510,
        0.33792942172816583, -0.072637522786376583, -0.021060292512370848, 0.044724901770781385, 0.0017677118642540077,
        -0.0078007083250323804,
    ];

    /// <summary>
    /// Where the middle of <see cref="Sym6"/> lies: its delay is 5.1 samples for low frequencies and 4.8 for high ones, not the 5.5 of a
    /// symmetric filter of its length.
    /// </summary>
    public const int Sym6Centre = 5;

    /// <summary>
    /// Filters of odd length that divide the frequencies in four octaves, [0, π/8], [π/8, π/4], [π/4, π/2] and [π/2, π], and sum to the
    /// filter that changes nothing.
    /// </summary>
    /// <remarks>
    /// With H the lowpass filter of sym2, L(z) = H(z)·H(1/z)/2 is a lowpass filter without delay and L(-z) = 1 - L(z) its complement. The
    /// bands are L(z)·L(z²)·L(z⁴), L(z)·L(z²)·L(-z⁴), L(z)·L(-z²) and L(-z).
    /// </remarks>
    public static double[][] Sym2Bands { get; } = Bands([-1 / 32.0, 0, 9 / 32.0, 1 / 2.0, 9 / 32.0, 0, -1 / 32.0]);

    private static double[][] Bands(double[] low)
    {
        double[] high = [.. low.Select((tap, i) => (i == low.Length / 2 ? 1 : 0) - tap)];
        var lower = Convolve(low, Spread(low, 2));
        double[][] bands = [Convolve(lower, Spread(low, 4)), Convolve(lower, Spread(high, 4)), Convolve(low, Spread(high, 2)), high];
        var length = bands[0].Length;
        return [.. bands.Select(band => Convolve(band, Spread([0, 1, 0], (length - band.Length) / 2)))];
    }

    // z → z^step: zeros between the taps. A step of 0 leaves the middle one alone.
    private static double[] Spread(double[] filter, int step)
    {
        var spread = new double[((filter.Length - 1) * step) + 1];
        for (var i = 0; i < filter.Length; i++)
            spread[i * step] += filter[i];
        return spread;
    }

    private static double[] Convolve(double[] a, double[] b)
    {
        var product = new double[a.Length + b.Length - 1];
        for (var i = 0; i < a.Length; i++)
        {
            for (var j = 0; j < b.Length; j++)
                product[i + j] += a[i] * b[j];
        }
        return product;
    }
}

using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

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

/// <summary>Makes four octaves of each image's frequencies stronger or weaker.</summary>
internal static class BandGains
{
    private const int NumbersPerBand = 3;

    // The share of a natural image's power in each band, whose spectrum falls as 1/f.
    private static readonly double[] Power = [10 / 13.0, 1 / 13.0, 1 / 13.0, 1 / 13.0];

    public static Tensor Apply(Tensor images, double probability, IAugmentationDraws draws)
    {
        using var scope = NewDisposeScope();
        long count = images.size(0), channels = images.size(1), height = images.size(2), width = images.size(3);
        var numbers = ImageDraws.Of(draws, count, NumbersPerBand * Power.Length);
        double[][] filters = [.. numbers.Select(image => Filter(Gains(image, probability)))];
        long reach = filters[0].Length / 2, groups = count * channels;
        double[] all = [.. filters.SelectMany(filter => filter)];
        var taps = tensor(all, [count, 1, filters[0].Length], dtype: images.dtype, device: images.device);
        taps = taps.expand(-1, channels, -1).contiguous();
        // Each image has its own filter: the batch lies in the channels.
        var result = AffineResampling.Reflect(images, reach, reach, reach, reach).reshape(1, groups, height + (2 * reach), width + (2 * reach));
        result = Convolutions.Apply(result, taps.view(groups, 1, 1, -1), null, new ConvolutionGeometry(Groups: groups));
        result = Convolutions.Apply(result, taps.view(groups, 1, -1, 1), null, new ConvolutionGeometry(Groups: groups));
        return result.reshape(images.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The gain of each band. A band's own leaves the expected power as it is: the others are less where it is more.</summary>
    public static double[] Gains(ImageDraws draws, double probability)
    {
        double[] gains = [1, 1, 1, 1];
        for (var band = 0; band < gains.Length; band++)
        {
            var gain = Math.Pow(2, draws.Gate(probability) * draws.Normal());
            var norm = Math.Sqrt(1 + (Power[band] * ((gain * gain) - 1)));
            for (var i = 0; i < gains.Length; i++)
                gains[i] *= (i == band ? gain : 1) / norm;
        }
        return gains;
    }

    private static double[] Filter(double[] gains)
    {
        var bands = Wavelets.Sym2Bands;
        return [.. Enumerable.Range(0, bands[0].Length).Select(tap => gains.Select((gain, band) => gain * bands[band][tap]).Sum())];
    }
}

/// <summary>What hides a part of each image's information: noise, and a hole.</summary>
internal static class Corruptions
{
    private const int NoiseNumbers = 3;
    private const int CutoutNumbers = 3;
    private const double NoiseSpread = 0.1;
    private const double HoleReach = 0.25;

    /// <summary>Adds normal noise, whose standard deviation is one of each image's, half-normal itself.</summary>
    public static Tensor Noise(Tensor images, double probability, IAugmentationDraws draws)
    {
        using var scope = NewDisposeScope();
        double[] sigmas = [.. ImageDraws.Of(draws, images.size(0), NoiseNumbers)
            .Select(numbers => NoiseSpread * numbers.Gate(probability) * Math.Abs(numbers.Normal()))];
        var sigma = tensor(sigmas, [sigmas.Length, 1, 1, 1], dtype: images.dtype, device: images.device);
        // As ImageDraws has them.
        var radius = draws.Rand(images.shape, images.dtype, images.device).neg().log1p().mul(Of(-2.0)).sqrt();
        var cosine = draws.Rand(images.shape, images.dtype, images.device).mul(Of(2 * Math.PI)).cos();
        return images.Plus(radius * cosine * sigma).MoveToOuterDisposeScope();
    }

    /// <summary>Sets a rectangle of half the height and width, wherever its centre is, to 0: the grey in the middle of the range.</summary>
    public static Tensor Cutout(Tensor images, double probability, IAugmentationDraws draws)
    {
        using var scope = NewDisposeScope();
        long height = images.size(2), width = images.size(3);
        var holes = ImageDraws.Of(draws, images.size(0), CutoutNumbers).Select(numbers =>
        {
            var reach = HoleReach * numbers.Gate(probability);
            return (X: numbers.Uniform(), Y: numbers.Uniform(), Reach: reach);
        }).ToArray();
        Tensor Inside(long size, IEnumerable<(double Centre, double Reach)> parts)
        {
            Tensor Edge(int side)
            {
                long[] edges = [.. parts.Select(part => (long)Math.Round((part.Centre + (side * part.Reach)) * size))];
                return tensor(edges, [edges.Length, 1], device: images.device);
            }
            var places = arange(Of(0), Of(size), Of(1), ScalarType.Int64, images.device);
            return places.ge(Edge(-1)).logical_and(places.lt(Edge(1))); // [N, size]
        }
        var rows = Inside(height, holes.Select(hole => (hole.Y, hole.Reach))).view(-1, 1, height, 1);
        var columns = Inside(width, holes.Select(hole => (hole.X, hole.Reach))).view(-1, 1, 1, width);
        return images.masked_fill(rows.logical_and(columns), Of(0.0)).MoveToOuterDisposeScope();
    }
}

using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

/// <summary>The random numbers of one image's transforms, used up from left to right.</summary>
internal sealed class ImageDraws
{
    private readonly double[] _uniform;
    private int _used;

    private ImageDraws(double[] uniform) => _uniform = uniform;

    /// <summary>Draws for each image, on the CPU: they decide on sizes, and become matrices of a few numbers.</summary>
    public static ImageDraws[] Of(IAugmentationDraws draws, long images, int numbers)
    {
        using var scope = NewDisposeScope();
        var all = draws.Rand([images, numbers], ScalarType.Float64, CPU).data<double>().ToArray();
        return [.. all.Chunk(numbers).Select(row => new ImageDraws(row))];
    }

    /// <summary>Uniform on [0, 1).</summary>
    public double Uniform() => _uniform[_used++];

    /// <summary>1 with a probability, otherwise 0. Parameters are multiplied by it: 0 is each transform's neutral one.</summary>
    public double Gate(double probability) => Uniform() < probability ? 1 : 0;

    /// <summary>Of the standard normal distribution.</summary>
    public double Normal() => Normals().First;

    /// <summary>Two independent normal numbers: √(-2 ln(1 - u)), times cosine and sine of 2πu' (Box and Muller 1958).</summary>
    public (double First, double Second) Normals()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        var (sin, cos) = Math.SinCos(2 * Math.PI * Uniform());
        return (radius * cos, radius * sin);
    }
}

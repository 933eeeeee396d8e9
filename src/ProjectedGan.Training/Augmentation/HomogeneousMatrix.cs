using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

/// <summary>A square matrix that maps points of one coordinate less, in float64. A product applies its right factor first.</summary>
internal sealed class HomogeneousMatrix
{
    private readonly double[,] _values;

    private HomogeneousMatrix(double[,] values) => _values = values;

    public double this[int row, int column] => _values[row, column];

    public static HomogeneousMatrix operator *(HomogeneousMatrix left, HomogeneousMatrix right)
    {
        var size = left._values.GetLength(0);
        var product = new double[size, size];
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                for (var i = 0; i < size; i++)
                    product[row, column] += left[row, i] * right[i, column];
            }
        }
        return new HomogeneousMatrix(product);
    }

    /// <summary>Multiplies each coordinate.</summary>
    public static HomogeneousMatrix Scaling(params ReadOnlySpan<double> factors)
    {
        var values = new double[factors.Length + 1, factors.Length + 1];
        for (var i = 0; i < factors.Length; i++)
            values[i, i] = factors[i];
        values[factors.Length, factors.Length] = 1;
        return new HomogeneousMatrix(values);
    }

    /// <summary>Adds to each coordinate.</summary>
    public static HomogeneousMatrix Translation(params ReadOnlySpan<double> offsets)
    {
        var values = new double[offsets.Length + 1, offsets.Length + 1];
        for (var i = 0; i < offsets.Length; i++)
            (values[i, i], values[i, offsets.Length]) = (1, offsets[i]);
        values[offsets.Length, offsets.Length] = 1;
        return new HomogeneousMatrix(values);
    }

    /// <summary>Turns the plane from its first axis to its second.</summary>
    public static HomogeneousMatrix Rotation(double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        return new HomogeneousMatrix(new[,] { { cos, -sin, 0 }, { sin, cos, 0 }, { 0, 0, 1 } });
    }

    /// <summary>α·I + β·v·vᵀ + γ·[v]ₓ in space, v = (1, 1, 1)/√3 the axis of greys and [v]ₓ the cross product with it.</summary>
    public static HomogeneousMatrix AboutGrey(double alpha, double beta, double gamma)
    {
        var values = new double[4, 4];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
                values[row, column] = beta / 3;
            values[row, row] += alpha;
            values[row, (row + 1) % 3] -= gamma / Math.Sqrt(3);
            values[row, (row + 2) % 3] += gamma / Math.Sqrt(3);
        }
        values[3, 3] = 1;
        return new HomogeneousMatrix(values);
    }
}

/// <summary>One affine map of the colours of each image.</summary>
internal static class ColorTransforms
{
    private const int Numbers = 13;
    private const double BrightnessSpread = 0.2;
    private const double ContrastSpread = 0.5;
    private const double SaturationSpread = 1;

    public static Tensor Apply(Tensor images, double probability, IAugmentationDraws draws)
    {
        using var scope = NewDisposeScope();
        var maps = ImageDraws.Of(draws, images.size(0), Numbers).Select(numbers => Map(numbers, probability)).ToArray();
        double[] values = [.. maps.SelectMany(map => Enumerable.Range(0, 12).Select(i => map[i / 4, i % 4]))];
        var map = tensor(values, [maps.Length, 3, 4], dtype: images.dtype, device: images.device);
        var colors = map[.., .., ..3].bmm(images.flatten(2)); // [N, 3, H * W]
        return colors.Plus(map[.., .., 3..]).view(images.shape).MoveToOuterDisposeScope();
    }

    private static HomogeneousMatrix Map(ImageDraws draws, double probability)
    {
        var brightness = BrightnessSpread * draws.Gate(probability) * draws.Normal();
        var contrast = Math.Pow(2, ContrastSpread * draws.Gate(probability) * draws.Normal());
        var flip = draws.Gate(probability) * Math.Floor(2 * draws.Uniform());
        var (sin, cos) = Math.SinCos(Math.PI * draws.Gate(probability) * ((2 * draws.Uniform()) - 1));
        var saturation = Math.Pow(2, SaturationSpread * draws.Gate(probability) * draws.Normal());
        // The luma flip reflects along the axis of greys, the hue turns about it, the saturation scales what is across it.
        return HomogeneousMatrix.AboutGrey(saturation, 1 - saturation, 0) * HomogeneousMatrix.AboutGrey(cos, 1 - cos, sin)
            * HomogeneousMatrix.AboutGrey(1, -2 * flip, 0) * HomogeneousMatrix.Scaling(contrast, contrast, contrast)
            * HomogeneousMatrix.Translation(brightness, brightness, brightness);
    }
}

/// <summary>Where the pixels of augmented images come from: one matrix an image for pixel blitting and geometry together.</summary>
/// <remarks>
/// Coordinates are pixels from the image's centre, x to the right and y down. A rotation by a positive angle turns x to y.
/// </remarks>
internal static class GeometricTransforms
{
    private const int BlitNumbers = 7;
    private const int GeometryNumbers = 13;
    private const double Shift = 0.125;
    private const double ScaleSpread = 0.2;

    public static Tensor Apply(Tensor images, double probability, AugmentationGroups groups, IAugmentationDraws draws)
    {
        var inverses = Inverses(images.shape, probability, groups, draws);
        return AffineResampling.Apply(images, inverses, groups.HasFlag(AugmentationGroups.Geom) ? SamplingGrid.Doubled : SamplingGrid.Pixels);
    }

    /// <summary>The matrices that take a place in the augmented image to its place in the image.</summary>
    public static HomogeneousMatrix[] Inverses(long[] shape, double probability, AugmentationGroups groups, IAugmentationDraws draws)
    {
        long images = shape[0], height = shape[2], width = shape[3];
        var inverses = Enumerable.Repeat(HomogeneousMatrix.Scaling(1, 1), (int)images).ToArray();
        if (groups.HasFlag(AugmentationGroups.Blit))
            Extend(inverses, ImageDraws.Of(draws, images, BlitNumbers), numbers => Blit(numbers, probability, width, height));
        if (groups.HasFlag(AugmentationGroups.Geom))
            Extend(inverses, ImageDraws.Of(draws, images, GeometryNumbers), numbers => Geometry(numbers, probability, width, height));
        return inverses;
    }

    // The inverse of "first a, then b" is a⁻¹·b⁻¹: what comes later multiplies from the right.
    private static void Extend(HomogeneousMatrix[] inverses, ImageDraws[] draws, Func<ImageDraws, HomogeneousMatrix> inverse)
    {
        for (var i = 0; i < inverses.Length; i++)
            inverses[i] *= inverse(draws[i]);
    }

    private static HomogeneousMatrix Blit(ImageDraws draws, double probability, long width, long height)
    {
        var mirror = HomogeneousMatrix.Scaling(1 - (2 * draws.Gate(probability) * Math.Floor(2 * draws.Uniform())), 1);
        var turn = HomogeneousMatrix.Rotation(-Math.PI / 2 * draws.Gate(probability) * Math.Floor(4 * draws.Uniform()));
        var isShifted = draws.Gate(probability);
        double Whole(long size) => isShifted * Math.Round(Shift * ((2 * draws.Uniform()) - 1) * size);
        var (x, y) = (Whole(width), Whole(height));
        return mirror * turn * HomogeneousMatrix.Translation(-x, -y);
    }

    private static HomogeneousMatrix Geometry(ImageDraws draws, double probability, long width, long height)
    {
        // Two rotations, of which with the probability one or both happen.
        var rotationProbability = 1 - Math.Sqrt(1 - probability);
        double Angle() => Math.PI * draws.Gate(rotationProbability) * ((2 * draws.Uniform()) - 1);
        double InverseScale() => Math.Pow(2, -ScaleSpread * draws.Gate(probability) * draws.Normal());
        var scale = InverseScale();
        var before = HomogeneousMatrix.Rotation(-Angle());
        var stretch = InverseScale();
        var after = HomogeneousMatrix.Rotation(-Angle());
        var isShifted = draws.Gate(probability);
        var (x, y) = draws.Normals();
        return HomogeneousMatrix.Scaling(scale, scale) * before * HomogeneousMatrix.Scaling(stretch, 1 / stretch) * after
            * HomogeneousMatrix.Translation(-isShifted * Shift * x * width, -isShifted * Shift * y * height);
    }
}

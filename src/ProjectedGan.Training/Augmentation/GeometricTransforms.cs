using ProjectedGan.Specification;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

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
        return Resampling.Apply(images, inverses, groups.HasFlag(AugmentationGroups.Geom) ? SamplingGrid.Doubled : SamplingGrid.Pixels);
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

using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

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

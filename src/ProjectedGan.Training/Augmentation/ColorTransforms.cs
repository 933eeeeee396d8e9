using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

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

using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>Checks and conversions of image tensors.</summary>
internal static class FeatureInput
{
    /// <summary>uint8 images of one or three channels as three channels in another type, values kept in [0, 255].</summary>
    public static Tensor FromBytes(Tensor images, ScalarType type)
    {
        Check(images);
        return images.expand([-1, 3, -1, -1]).to(type);
    }

    /// <summary>Refuses what are no uint8 images of one or three channels.</summary>
    public static void Check(Tensor images)
    {
        if (images.dim() != 4 || images.size(1) is not (1 or 3) || images.dtype != ScalarType.Byte)
        {
            throw new ArgumentException(
                $"Images must be uint8 [N, 3, H, W] or [N, 1, H, W]; found {images.dtype} [{string.Join(", ", images.shape)}].",
                nameof(images));
        }
    }

    /// <summary>Bilinear resize with half-pixel centres and no antialiasing, as the reference resizes for its feature network.</summary>
    public static Tensor Resize(Tensor images, long size) => images.size(2) == size && images.size(3) == size
        ? images
        : nn.functional.interpolate(images, size: [size, size], mode: InterpolationMode.Bilinear, align_corners: false);
}

/// <summary>
/// Brings images from [-1, 1] to what a network was trained on: pixels in [0, 1] less a mean, over a standard deviation, a channel
/// each. Its constants are no weights and are in no file.
/// </summary>
internal sealed class InputNormalization : nn.Module
{
    /// <param name="mean">Of red, green and blue in [0, 1].</param>
    /// <param name="deviation">Of red, green and blue in [0, 1].</param>
    public InputNormalization((double Red, double Green, double Blue) mean, (double Red, double Green, double Blue) deviation)
        : base(nameof(InputNormalization))
    {
        double[] means = [mean.Red, mean.Green, mean.Blue];
        double[] deviations = [deviation.Red, deviation.Green, deviation.Blue];
        // In float64, so that a network of that type has them exact; others round them when they are moved or used.
        register_buffer("factor", PerChannel(deviations.Select(value => 0.5 / value)), persistent: false);
        register_buffer("shift", PerChannel(means.Zip(deviations, (value, spread) => (0.5 - value) / spread)), persistent: false);
    }

    /// <summary>ImageNet's statistics, on which torchvision's networks and DeiT were trained.</summary>
    public static InputNormalization ImageNet() => new((0.485, 0.456, 0.406), (0.229, 0.224, 0.225));

    /// <summary>The statistics of CLIP's images.</summary>
    public static InputNormalization Clip() => new((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711));

    /// <summary>[N, 3, H, W] to the same shape. Intermediate tensors belong to the caller's scope.</summary>
    public Tensor Forward(Tensor images)
    {
        var factor = get_buffer("factor")!.to(images.dtype);
        var shift = get_buffer("shift")!.to(images.dtype);
        return images.mul(factor).AddInPlace(shift);
    }

    private static Tensor PerChannel(IEnumerable<double> values) => tensor([.. values], [1, 3, 1, 1], ScalarType.Float64);
}

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

using ProjectedGan.Specification;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

/// <summary>
/// The augmentation of StyleGAN2-ADA (Karras, Aittala, Hellsten, Laine, Lehtinen and Aila, "Training Generative Adversarial Networks with
/// Limited Data", 2020, appendix B), in front of the discriminator for real and generated images alike. Each transform happens to each
/// image with the same probability, by itself, so that below about 0.8 the generator learns to make none of them (section 2.2).
/// </summary>
/// <remarks>
/// For given draws the result is an affine map of the images: what is drawn, noise included, depends on the draws alone, and pixels of
/// the result are sums of the image's with drawn weights, and a drawn number. It can be differentiated once: libtorch has no second
/// derivatives of grid_sample. The same draws give the same bits. Intermediate maps, and so memory, are as large as the most shrunken
/// image of the batch asks.
/// <para>
/// With probability p each, in this order, groups as <see cref="AugmentationGroups"/> has them, n a standard normal number, u a uniform
/// one:
/// </para>
/// <list type="number">
/// <item>
/// Blit: a mirror image or not, by halves; 0, 1, 2 or 3 quarter turns; a shift by (2u - 1)/8 of width and height, rounded to pixels.
/// </item>
/// <item>
/// Geom: scaling by 2^(0.2 n); rotation by up to ±π with 1 - √(1 - p); scaling of the width by a second 2^(0.2 n) and of the height by
/// its inverse; a second rotation like the first; a shift by n/8 of width and height.
/// </item>
/// <item>
/// Both are one matrix. Alone, blitting copies pixels, or interpolates where a quarter turn puts them in between. Geom interpolates
/// between samples of the image doubled by sym6's lowpass filter and halves the result by it. Images are mirrored at their borders.
/// </item>
/// <item>
/// Color: brightness + 0.2 n; contrast times 2^(0.5 n); luma reflected or not, by halves; hue turned by up to ±π about the axis of greys;
/// saturation times 2^n. Together one matrix.
/// </item>
/// <item>
/// Filter: each of four octaves (<see cref="Wavelets.Sym2Bands"/>) times 2^n, then all scaled so that [10, 1, 1, 1]/13 has the same power.
/// </item>
/// <item>Noise: for each pixel and channel σn with σ = 0.1 |n| of the image.</item>
/// <item>Cutout: a rectangle of half the width and height about a uniform point made 0.</item>
/// </list>
/// </remarks>
public static class AdaptiveAugmentation
{
    /// <summary>Applies the groups that are on.</summary>
    /// <param name="images">[N, 3, H, W] from -1 to 1, float32 or float64, of at least 2 × 2 pixels.</param>
    /// <param name="probability">That of each transform, from 0 to 1.</param>
    /// <param name="options">Which groups are on.</param>
    /// <param name="draws">
    /// Asked for each group that is on, in the order above, for a Rand [N, k] in float64 on the CPU, whatever is in it, and for noise for
    /// two Rand [N, 3, H, W] after it. A row holds the numbers of an image from left to right: for each transform whether it happens, by
    /// a number below the probability, and its own numbers, one for a uniform one, two for a normal one (<see
    /// cref="ImageDraws.Normals"/>), x before y; Geom's shift takes both from one pair. k is 7, 13, 13, 12, 3 and 3.
    /// </param>
    /// <returns>
    /// [N, 3, H, W], differentiable once; where the probability is 0 or no group is on an alias of the images, without a draw.
    /// </returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not from 0 to 1.</exception>
    public static Tensor Apply(Tensor images, double probability, AdaptiveAugmentationOptions options, IAugmentationDraws draws)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(draws);
        if (images.dim() != 4 || images.size(1) != 3 || images.size(2) < 2 || images.size(3) < 2)
            throw new ArgumentException($"Images are [N, 3, H, W], H and W 2 or more, not [{string.Join(", ", images.shape)}].", nameof(images));
        if (!(probability >= 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "The probability of augmentation is from 0 to 1.");
        using var scope = NewDisposeScope();
        var result = images.alias();
        bool IsOn(AugmentationGroups groups) => probability > 0 && (options.Groups & groups) != 0;
        if (IsOn(AugmentationGroups.Blit | AugmentationGroups.Geom))
            result = GeometricTransforms.Apply(result, probability, options.Groups, draws);
        if (IsOn(AugmentationGroups.Color))
            result = ColorTransforms.Apply(result, probability, draws);
        if (IsOn(AugmentationGroups.Filter))
            result = BandGains.Apply(result, probability, draws);
        if (IsOn(AugmentationGroups.Noise))
            result = Corruptions.Noise(result, probability, draws);
        if (IsOn(AugmentationGroups.Cutout))
            result = Corruptions.Cutout(result, probability, draws);
        return result.MoveToOuterDisposeScope();
    }
}

using ProjectedGan.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// How different images look to a frozen network: the squared distance of its features, each pixel's vector scaled to length one (Zhang et al.
/// 2018, "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", equation 1, all channels weighing alike).
/// </summary>
public static class PerceptualDistance
{
    private const double Epsilon = 1e-10;

    /// <summary>The mean over images, places and the four stages.</summary>
    /// <param name="network">The judge.</param>
    /// <param name="images">[N, 3, H, W] in [-1, 1].</param>
    /// <param name="targets">Of the same shape; no gradient flows to them.</param>
    /// <param name="side">Pixels to which both are resized for the network (bilinear).</param>
    /// <returns>A scalar tensor, differentiable at <paramref name="images"/>.</returns>
    public static Tensor Of(FeatureNetwork network, Tensor images, Tensor targets, long side)
    {
        using var scope = NewDisposeScope();
        Tensor[] wanted;
        using (no_grad())
        {
            wanted = Directions(network, targets, side);
        }

        return Of(Directions(network, images, side), wanted).MoveToOuterDisposeScope();
    }

    /// <summary>The distance of images from targets whose <see cref="Directions"/> are known.</summary>
    public static Tensor Of(IReadOnlyList<Tensor> images, IReadOnlyList<Tensor> targets)
    {
        using var scope = NewDisposeScope();
        return images.Zip(targets, (map, target) =>
        {
            var difference = map.Plus(target.neg());
            return (difference * difference).sum([1]).mean();
        }).Aggregate((sum, part) => sum.Plus(part)).mul(Scalars.Of(1.0 / images.Count)).MoveToOuterDisposeScope();
    }

    /// <summary>The features of images resized for the network (bilinear), each pixel's vector of length one.</summary>
    /// <param name="network">The judge.</param>
    /// <param name="images">[N, 3, H, W] in [-1, 1].</param>
    /// <param name="side">In pixels.</param>
    /// <returns>[N, C, h, w] of each of the four stages.</returns>
    public static Tensor[] Directions(FeatureNetwork network, Tensor images, long side)
    {
        using var scope = NewDisposeScope();
        var resized = images.size(2) == side && images.size(3) == side
            ? images
            : functional.interpolate(images, size: [side, side], mode: InterpolationMode.Bilinear, align_corners: false);
        return Array.ConvertAll(
            network.Extract(resized), map => (map * (map * map).sum([1], true).Plus(Scalars.Of(Epsilon)).rsqrt()).MoveToOuterDisposeScope());
    }
}

using ProjectedGan.Torch;
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

    /// <summary>The mean over images and pixels, summed over the four stages.</summary>
    /// <param name="network">The judge.</param>
    /// <param name="images">[N, 3, H, W] in [-1, 1].</param>
    /// <param name="targets">Of the same shape; no gradient flows to them.</param>
    /// <param name="side">Pixels to which both are resized for the network (bilinear).</param>
    /// <returns>A scalar tensor, differentiable at <paramref name="images"/>.</returns>
    public static Tensor Of(FeatureNetwork network, Tensor images, Tensor targets, int side)
    {
        using var scope = NewDisposeScope();
        Tensor[] wanted;
        using (no_grad())
        {
            wanted = [.. network.Extract(Resized(targets, side)).Select(Directions)];
        }

        return network.Extract(Resized(images, side)).Zip(wanted, (map, target) =>
        {
            var difference = Directions(map).Plus(target.neg());
            return (difference * difference).sum([1]).mean();
        }).Aggregate((sum, part) => sum.Plus(part)).MoveToOuterDisposeScope();
    }

    private static Tensor Directions(Tensor map) => map * (map * map).sum([1], true).Plus(Scalars.Of(Epsilon)).rsqrt();

    private static Tensor Resized(Tensor images, int side) =>
        images.size(2) == side && images.size(3) == side ? images : functional.interpolate(images, size: [side, side], mode: InterpolationMode.Bilinear, align_corners: false);
}

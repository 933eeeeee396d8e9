using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Discriminators;

/// <summary>
/// How much the images of a batch differ (Karras et al. 2018, section 3), by which a discriminator sees that a generator repeats itself.
/// </summary>
internal static class GroupDeviation
{
    private const int MostImages = 4;
    private const double Epsilon = 1e-8;

    /// <summary>
    /// The standard deviation over a group of images, averaged over channels and pixels, as a map. A group has up to four images, spread evenly over the
    /// batch; where the batch is no multiple of four, three, two or one.
    /// </summary>
    /// <param name="map">[N, C, H, W].</param>
    /// <returns>[N, 1, H, W].</returns>
    public static Tensor Of(Tensor map)
    {
        using var scope = NewDisposeScope();
        var count = map.size(0);
        var images = Enumerable.Range(1, MostImages).Last(size => count % size == 0);
        var groups = map.reshape(images, count / images, -1); // [G, N / G, C * H * W]
        var centred = groups.Plus(groups.mean([0], true).neg());
        var deviation = (centred * centred).mean([0]).Plus(Scalars.Of(Epsilon)).sqrt().mean([1]); // [N / G]
        return deviation.repeat(images).view(count, 1, 1, 1).expand(count, 1, map.size(2), map.size(3)).MoveToOuterDisposeScope();
    }
}

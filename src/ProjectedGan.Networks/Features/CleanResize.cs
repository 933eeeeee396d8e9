using ProjectedGan.Foundation;
using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// The resize of clean-fid: Pillow's bicubic filter on each channel in floating point, as wide as the reduction (so that it does not
/// alias), along the rows, then along the columns; not rounded to 8 bits, clipped to [0, 255].
/// </summary>
public static class CleanResize
{
    // Pillow's, a = −1/2, which reaches two pixels (of the result where that is smaller) to each side.
    private const double Sharpness = -0.5;
    private const double Support = 2;

    /// <summary>Resizes images, one at a time: in float64 a batch of large ones would take gigabytes.</summary>
    /// <param name="images">uint8 [N, 3, H, W] or [N, 1, H, W] (grey).</param>
    /// <param name="side">Height and width of the result in pixels.</param>
    /// <returns>float32 [N, 3, side, side], values in [0, 255].</returns>
    /// <exception cref="ArgumentException">The tensor is not of that shape or type.</exception>
    public static Tensor Bicubic(Tensor images, long side)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        FeatureInput.Check(images);
        var byColumns = Weights(images.size(3), side).to(images.device).t();
        var byRows = Weights(images.size(2), side).to(images.device);
        var result = empty([images.size(0), 3, side, side], ScalarType.Float32, images.device);
        for (long i = 0; i < images.size(0); i++)
        {
            using var each = NewDisposeScope();
            var pixels = FeatureInput.FromBytes(images.narrow(0, i, 1), ScalarType.Float64);
            // Pillow keeps float32 between its two passes, and has none along an axis that fits already.
            var rows = images.size(3) == side ? pixels : pixels.matmul(byColumns).to(ScalarType.Float32).to(ScalarType.Float64);
            var resized = images.size(2) == side ? rows : byRows.matmul(rows);
            result.narrow(0, i, 1).copy_(resized.to(ScalarType.Float32).clamp_(Of(0.0), Of(255.0)));
        }

        return result.MoveToOuterDisposeScope();
    }

    // [outputs, inputs]; each row sums to 1.
    private static Tensor Weights(long inputs, long outputs)
    {
        var scale = (double)inputs / outputs;
        var stretch = Math.Max(scale, 1);
        var weights = new double[outputs * inputs];
        for (var output = 0; output < outputs; output++)
        {
            var center = (output + 0.5) * scale;
            var first = Math.Max(0, (int)(center - (Support * stretch) + 0.5));
            var end = (int)Math.Min(inputs, (int)(center + (Support * stretch) + 0.5));
            var row = weights.AsSpan((int)((output * inputs) + first), end - first);
            var sum = 0.0;
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Filter((first + i - center + 0.5) / stretch);
                sum += row[i];
            }

            foreach (ref var weight in row)
            {
                weight /= sum;
            }
        }

        return tensor(weights, [outputs, inputs]);
    }

    private static double Filter(double x) => Math.Abs(x) switch
    {
        < 1 and var near => ((((Sharpness + 2) * near) - (Sharpness + 3)) * near * near) + 1,
        < 2 and var far => ((((far - 5) * far) + 8) * far * Sharpness) - (4 * Sharpness),
        _ => 0,
    };
}

/// <summary>Features of images that <see cref="CleanResize"/> brings to the network's size: other ones than its own, under another name.</summary>
public sealed class CleanResizedFeatures : IPooledFeatures
{
    private readonly ISizedFeatures _network;

    /// <param name="network">The network; not disposed with this object.</param>
    /// <exception cref="UsageException">It takes no images of one size.</exception>
    public CleanResizedFeatures(IPooledFeatures network)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network as ISizedFeatures
            ?? throw new UsageException($"{network.Name} takes no images that are resized already; leave the resizing to it.");
        Name = $"{network.Name}_clean";
        FeatureCount = network.FeatureCount;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int FeatureCount { get; }

    /// <inheritdoc/>
    public Tensor Pool(Tensor images)
    {
        using var resized = CleanResize.Bicubic(images, _network.ImageSize);
        return _network.PoolSized(resized);
    }
}

/// <summary>Pooled features of images that have the network's size.</summary>
internal interface ISizedFeatures
{
    /// <summary>Side in pixels.</summary>
    int ImageSize { get; }

    /// <summary>The images' vectors, as <see cref="IPooledFeatures.Pool"/> gives them.</summary>
    /// <param name="pixels">float32 [N, 3, <see cref="ImageSize"/>, <see cref="ImageSize"/>] with values in [0, 255].</param>
    Tensor PoolSized(Tensor pixels);
}

/// <summary>A network that describes an image by one vector, for metrics. One thread at a time.</summary>
public interface IPooledFeatures
{
    /// <summary>The network's name, which every figure made from its features carries.</summary>
    string Name { get; }

    /// <summary>Length of the vectors.</summary>
    int FeatureCount { get; }

    /// <summary>The images' vectors. The network resizes the images as it needs them.</summary>
    /// <param name="images">uint8 [N, 3, H, W] or [N, 1, H, W] (grey), on the network's device.</param>
    /// <returns>[N, <see cref="FeatureCount"/>] in the type of the weights, without gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not of that shape or type.</exception>
    Tensor Pool(Tensor images);
}

/// <summary>
/// TensorFlow 1's bilinear resize, which the FID Inception graph begins with: output pixel i reads at i · in / out, without half-pixel
/// centres, the factor rounded to float32.
/// </summary>
public static class TensorFlowResize
{
    /// <summary>Resizes images.</summary>
    /// <param name="images">Floating point [N, C, H, W].</param>
    /// <param name="height">Output height in pixels.</param>
    /// <param name="width">Output width in pixels.</param>
    /// <returns>[N, C, height, width].</returns>
    public static Tensor Bilinear(Tensor images, long height, long width)
    {
        if (images.size(2) == height && images.size(3) == width)
        {
            return images.alias();
        }

        using var scope = NewDisposeScope();
        return Interpolate(Interpolate(images, 3, width), 2, height).MoveToOuterDisposeScope();
    }

    private static Tensor Interpolate(Tensor images, int axis, long outputs)
    {
        var inputs = images.size(axis);
        var scale = (float)inputs / outputs;
        var position = arange(Of(0), Of(outputs), Of(1), images.dtype, images.device).mul_(Of(scale));
        var below = position.floor();
        var first = below.to(ScalarType.Int64);
        var second = first.Plus(Of(1)).clamp_(max: Of(inputs - 1));
        var weight = position.sub_(below).view(axis == 3 ? [1, 1, 1, -1] : [1, 1, -1, 1]);
        var low = images.index_select(axis, first);
        return images.index_select(axis, second).sub_(low).mul_(weight).AddInPlace(low);
    }
}

using ProjectedGan.Data.Ordering;
using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

/// <summary>
/// Differentiable augmentation (Zhao, Liu, Lin, Zhu and Han, "Differentiable Augmentation for Data-Efficient GAN Training", 2020):
/// the same random changes in front of the discriminator for real and generated images, through which gradients reach the generator.
/// </summary>
public static class DiffAugment
{
    private const double ShiftRatio = 0.125;
    private const double HoleRatio = 0.2;

    /// <summary>Applies a policy's operations in order, each image with draws of its own.</summary>
    /// <param name="images">[N, C, H, W], floating point.</param>
    /// <param name="policy">What to apply.</param>
    /// <param name="draws">
    /// Asked in this order. Color: brightness, saturation, contrast, each Rand [N, 1, 1, 1]. Translation: RandInt [N, 1, 1] for rows, then
    /// columns. Cutout: RandInt [N, 1, 1] for rows, then columns.
    /// </param>
    /// <returns>[N, C, H, W], differentiable; an alias of the images where the policy is empty.</returns>
    /// <exception cref="ArgumentException">The images have another number of dimensions.</exception>
    public static Tensor Apply(Tensor images, DiffAugmentPolicy policy, IAugmentationDraws draws)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(draws);
        if (images.dim() != 4)
            throw new ArgumentException($"Images have the shape [N, C, H, W], not [{string.Join(", ", images.shape)}].", nameof(images));
        using var scope = NewDisposeScope();
        var result = images.alias();
        foreach (var kind in policy.Kinds)
        {
            result = kind switch
            {
                AugmentationKind.Color => Color(result, draws),
                AugmentationKind.Translation => Translate(result, draws),
                _ => CutOut(result, draws),
            };
        }
        return result.MoveToOuterDisposeScope();
    }

    // Brightness x + b; saturation (x - m)·s + m with m the mean over channels; contrast (x - M)·c + M with M the mean over the image.
    // Saturation keeps M, so the three are one expression, x·(s·c) + m·(c·(1 - s)) + M·(1 - c) + b, with m and M of the plain image:
    // one pass over the pixels and its backward instead of five.
    private static Tensor Color(Tensor images, IAugmentationDraws draws)
    {
        long[] one = [images.size(0), 1, 1, 1];
        var brightness = draws.Rand(one, images.dtype, images.device).sub(Of(0.5));
        var saturation = draws.Rand(one, images.dtype, images.device).mul(Of(2.0));
        var contrast = draws.Rand(one, images.dtype, images.device).Plus(Of(0.5));
        var grey = images.mean([1], keepdim: true); // [N, 1, H, W]
        var mean = grey.mean([2, 3], keepdim: true); // [N, 1, 1, 1]
        var offset = (grey * (contrast * Rest(saturation))).Plus((mean * Rest(contrast)).Plus(brightness)); // [N, 1, H, W]
        return offset.addcmul(images, saturation * contrast, Of(1.0)); // [N, C, H, W]
    }

    private static Tensor Rest(Tensor share) => share.neg().Plus(Of(1.0));

    // Output row i is input row i + shift, zero outside.
    private static Tensor Translate(Tensor images, IAugmentationDraws draws)
    {
        long count = images.size(0), channels = images.size(1), height = images.size(2), width = images.size(3);
        var (rows, rowsOutside) = Shift(images, height, draws); // [N, 1, H]
        var (columns, columnsOutside) = Shift(images, width, draws); // [N, 1, W]
        var places = rows.view(count, height, 1).mul(Of(width)).Plus(columns); // [N, H, W]
        var index = places.view(count, 1, height * width).expand(count, channels, height * width);
        var moved = images.reshape(count, channels, height * width).gather(2, index).view(count, channels, height, width);
        var outside = rowsOutside.view(count, 1, height, 1).logical_or(columnsOutside.view(count, 1, 1, width));
        return moved.masked_fill(outside, Of(0.0));
    }

    private static (Tensor Index, Tensor Outside) Shift(Tensor images, long size, IAugmentationDraws draws)
    {
        var reach = RoundedPart(size, ShiftRatio);
        var shift = draws.RandInt(-reach, reach + 1, [images.size(0), 1, 1], images.device);
        var index = Places(size, images.device).Plus(shift); // [N, 1, size]
        return (index.clamp(Of(0), Of(size - 1)), index.lt(Of(0)).logical_or(index.ge(Of(size))));
    }

    private static Tensor CutOut(Tensor images, IAugmentationDraws draws)
    {
        long count = images.size(0), height = images.size(2), width = images.size(3);
        var rows = Hole(images, height, draws).view(count, 1, height, 1);
        var columns = Hole(images, width, draws).view(count, 1, 1, width);
        return images.masked_fill(rows.logical_and(columns), Of(0.0));
    }

    // The hole's centre may lie anywhere, so that a hole at the border is smaller.
    private static Tensor Hole(Tensor images, long size, IAugmentationDraws draws)
    {
        var length = RoundedPart(size, HoleRatio);
        var centre = draws.RandInt(0, size + 1 - length % 2, [images.size(0), 1, 1], images.device);
        var distance = Places(size, images.device) - centre.sub(Of(length / 2)); // [N, 1, size]
        return distance.ge(Of(0)).logical_and(distance.lt(Of(length)));
    }

    private static Tensor Places(long size, Device device) => arange(Of(0), Of(size), Of(1), ScalarType.Int64, device);

    private static long RoundedPart(long size, double ratio) => (long)(size * ratio + 0.5);
}

/// <summary>Random numbers of an augmentation, asked for in a fixed order, so that a test can feed them and a replica can key them.</summary>
public interface IAugmentationDraws
{
    /// <summary>Uniform on [0, 1).</summary>
    Tensor Rand(long[] shape, ScalarType dtype, Device device);

    /// <summary>Uniform integers (int64) from <paramref name="low"/> to <paramref name="high"/> - 1.</summary>
    Tensor RandInt(long low, long high, long[] shape, Device device);
}

/// <summary>Draws from a keyed stream, made on the CPU and copied: every device sees the same numbers. Not thread-safe.</summary>
public sealed class KeyedDraws(RandomKey key) : IAugmentationDraws
{
    private readonly KeyedRandom _random = new(key);

    public Tensor Rand(long[] shape, ScalarType dtype, Device device)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var values = new float[Elements(shape)];
        for (var i = 0; i < values.Length; i++)
            values[i] = _random.NextSingle();
        return tensor(values, shape, dtype: dtype, device: device);
    }

    public Tensor RandInt(long low, long high, long[] shape, Device device)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(low, high);
        var values = new long[Elements(shape)];
        for (var i = 0; i < values.Length; i++)
            values[i] = low + _random.NextBelow(high - low);
        return tensor(values, shape, dtype: ScalarType.Int64, device: device);
    }

    private static int Elements(long[] shape) => checked((int)shape.Aggregate(1L, (product, size) => product * size));
}

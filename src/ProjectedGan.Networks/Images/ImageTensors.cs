using ProjectedGan.Data.Images;
using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Images;

/// <summary>Between bytes 0 to 255 and the range [-1, 1] of networks, as the reference scales them.</summary>
public static class ImageTensors
{
    /// <summary>bytes / 127.5 - 1.</summary>
    /// <param name="bytes">Any shape, uint8, any device.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <returns>A new tensor of the same shape and device.</returns>
    public static Tensor FromBytes(Tensor bytes, ScalarType dtype = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return bytes.to_type(dtype).div_(Of(127.5)).sub_(Of(1.0));
    }

    /// <summary>images · 127.5 + 128, clamped to 0 to 255 and truncated.</summary>
    /// <param name="images">Any shape, floating point, any device.</param>
    /// <returns>A new uint8 tensor of the same shape and device, without a graph.</returns>
    public static Tensor ToBytes(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        return images.detach().mul(Of(127.5)).AddInPlace(Of(128.0)).clamp_(Of(0.0), Of(255.0)).to_type(ScalarType.Byte).MoveToOuterDisposeScope();
    }

    /// <summary>Makes images of [N, C, H, W] in [-1, 1], C 1 or 3, or of uint8 as they are.</summary>
    public static ImageBuffer[] ToImages(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || images.size(1) is not (1 or 3))
            throw new ArgumentException($"Images have the shape [N, 1 or 3, H, W], not [{string.Join(", ", images.shape)}].", nameof(images));
        using var scope = NewDisposeScope();
        var bytes = TensorBytes.RowMajorOnCpu(images.dtype == ScalarType.Byte ? images : ToBytes(images));
        int channels = (int)images.size(1), height = (int)images.size(2), width = (int)images.size(3);
        var memory = TensorBytes.Span(bytes);
        var result = new ImageBuffer[images.size(0)];
        var size = channels * height * width;
        for (var i = 0; i < result.Length; i++)
            result[i] = PlanarPixels.ToImage(memory.Slice(i * size, size), channels, height, width);
        return result;
    }
}

/// <summary>Lays images out in a grid, row by row.</summary>
public static class SampleGrid
{
    /// <summary>Composes [N, C, H, W] images in [-1, 1] (or uint8).</summary>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static ImageBuffer Compose(Tensor images, int columns) => Compose(ImageTensors.ToImages(images), columns);

    /// <summary>Composes images of one size and number of channels. Cells that no image fills are black.</summary>
    /// <param name="images">At least one.</param>
    /// <param name="columns">Images a row, at least one.</param>
    /// <exception cref="ArgumentException">There is no image, or sizes or channels differ.</exception>
    public static ImageBuffer Compose(IReadOnlyList<ImageBuffer> images, int columns)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (images.Count == 0)
            throw new ArgumentException("A grid needs at least one image.", nameof(images));
        int width = images[0].Width, height = images[0].Height, channels = images[0].Channels;
        if (images.Any(image => image.Width != width || image.Height != height || image.Channels != channels))
            throw new ArgumentException("The images of a grid must share size and channels.", nameof(images));
        columns = Math.Min(columns, images.Count);
        var rows = (images.Count + columns - 1) / columns;
        var result = new ImageBuffer(columns * width, rows * height, channels);
        for (var i = 0; i < images.Count; i++)
        {
            int left = i % columns * width * channels, top = i / columns * height;
            for (var y = 0; y < height; y++)
                images[i].Row(y).CopyTo(result.Row(top + y)[left..]);
        }
        return result;
    }
}

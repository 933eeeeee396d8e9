using ProjectedGan.Data.Images;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Images;

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

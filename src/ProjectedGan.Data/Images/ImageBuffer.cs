using System.Diagnostics.CodeAnalysis;
using ProjectedGan.Foundation;

namespace ProjectedGan.Data.Images;

/// <summary>An image of 8 bits a channel: height x width x channels bytes, rows from the top, channels interleaved.</summary>
public sealed class ImageBuffer
{
    /// <summary>Takes <paramref name="pixels"/> as they are, without a copy.</summary>
    /// <exception cref="ArgumentException">A size is not positive, there are not 1 to 4 channels, or the number of bytes does not fit.</exception>
    public ImageBuffer(int width, int height, int channels, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
        if (pixels.LongLength != (long)width * height * channels)
            throw new ArgumentException($"{pixels.LongLength} bytes are not {width}x{height}x{channels}.", nameof(pixels));
        Width = width;
        Height = height;
        Channels = channels;
        Pixels = pixels;
    }

    /// <summary>A black (and, with alpha, transparent) image.</summary>
    public ImageBuffer(int width, int height, int channels)
        : this(width, height, channels, new byte[checked(width * height * channels)])
    {
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</summary>
    public int Channels { get; }

    /// <summary>Whether there is a second or fourth channel of alpha, not premultiplied.</summary>
    public bool HasAlpha => Channels is 2 or 4;

    [SuppressMessage("Performance", "CA1819", Justification = "The pixels are this type's whole content; a copy a read would be a trap.")]
    public byte[] Pixels { get; }

    /// <summary>The bytes of row <paramref name="y"/>.</summary>
    public Span<byte> Row(int y) => Pixels.AsSpan(y * Width * Channels, Width * Channels);
}

/// <summary>An image file that cannot be read, or an image that cannot be written. The message does not name the file; callers who know it do.</summary>
public sealed class ImageException(string message) : PganException(message);

/// <summary>Between interleaved (HWC) pixels of files and planar (CHW) pixels of tensors.</summary>
public static class PlanarPixels
{
    /// <summary>Writes an image without alpha as [channels, height, width] bytes; grey is repeated or RGB becomes luma where channels differ.</summary>
    /// <exception cref="ArgumentException">The image has alpha, or the target's size does not fit.</exception>
    public static void FromImage(ReadOnlySpan<byte> interleaved, int sourceChannels, Span<byte> planar, int channels)
    {
        var size = planar.Length / channels;
        if (sourceChannels is not (1 or 3) || channels is not (1 or 3) || interleaved.Length != size * sourceChannels)
            throw new ArgumentException($"{interleaved.Length} bytes of {sourceChannels} channels do not fit {channels} planes of {size}.");
        if (sourceChannels == 1)
        {
            for (var c = 0; c < channels; c++)
                interleaved.CopyTo(planar.Slice(c * size, size));
        }
        else if (channels == 3)
        {
            Split(interleaved, planar[..size], planar.Slice(size, size), planar.Slice(2 * size, size));
        }
        else
        {
            for (var i = 0; i < size; i++)
                planar[i] = ImageTransforms.Luma(interleaved[3 * i], interleaved[3 * i + 1], interleaved[3 * i + 2]);
        }
    }

    /// <summary>Makes an image of [channels, height, width] bytes.</summary>
    public static ImageBuffer ToImage(ReadOnlySpan<byte> planar, int channels, int height, int width)
    {
        var image = new ImageBuffer(width, height, channels);
        var size = width * height;
        if (planar.Length != size * channels)
            throw new ArgumentException($"{planar.Length} bytes are not {channels} planes of {width}x{height}.", nameof(planar));
        for (var c = 0; c < channels; c++)
        {
            var plane = planar.Slice(c * size, size);
            for (var i = 0; i < size; i++)
                image.Pixels[i * channels + c] = plane[i];
        }
        return image;
    }

    /// <summary>Mirrors every row of [channels, height, width] bytes in place.</summary>
    public static void FlipHorizontally(Span<byte> planar, int width)
    {
        for (var row = 0; row + width <= planar.Length; row += width)
            planar.Slice(row, width).Reverse();
    }

    private static void Split(ReadOnlySpan<byte> rgb, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        for (var i = 0; i < red.Length; i++)
        {
            red[i] = rgb[3 * i];
            green[i] = rgb[3 * i + 1];
            blue[i] = rgb[3 * i + 2];
        }
    }
}

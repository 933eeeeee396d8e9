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

namespace ProjectedGan.Data.Images;

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

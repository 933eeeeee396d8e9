using System.Globalization;

namespace ProjectedGan.Data.Images;

/// <summary>Whole-image operations. Each returns a new image and leaves its argument alone, or returns the argument where nothing changes.</summary>
public static class ImageTransforms
{
    /// <summary>Cuts the middle out; an odd remainder goes right and below.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The crop is larger than the image.</exception>
    public static ImageBuffer CentreCrop(ImageBuffer image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, image.Width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, image.Height);
        if (width == image.Width && height == image.Height)
            return image;
        var result = new ImageBuffer(width, height, image.Channels);
        var left = (image.Width - width) / 2 * image.Channels;
        var top = (image.Height - height) / 2;
        for (var y = 0; y < height; y++)
            image.Row(top + y).Slice(left, width * image.Channels).CopyTo(result.Row(y));
        return result;
    }

    /// <summary>The largest centred square.</summary>
    public static ImageBuffer CentreSquare(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var side = Math.Min(image.Width, image.Height);
        return CentreCrop(image, side, side);
    }

    /// <summary>Lays the image over a background and drops alpha: grey stays grey on a grey background, else the result is RGB.</summary>
    public static ImageBuffer Composite(ImageBuffer image, RgbColor background)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!image.HasAlpha)
            return image;
        var channels = image.Channels == 2 && background.IsGrey ? 1 : 3;
        var result = new ImageBuffer(image.Width, image.Height, channels);
        ReadOnlySpan<byte> behind = [background.Red, background.Green, background.Blue];
        ReadOnlySpan<byte> source = image.Pixels;
        Span<byte> target = result.Pixels;
        for (int from = 0, to = 0; to < target.Length; from += image.Channels, to += channels)
        {
            int alpha = source[from + image.Channels - 1];
            for (var c = 0; c < channels; c++)
                target[to + c] = Blend(source[from + (image.Channels == 4 ? c : 0)], behind[c], alpha);
        }
        return result;
    }

    /// <summary>Mirrors left and right.</summary>
    public static ImageBuffer FlipHorizontally(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Walk(image, image.Width, image.Height, image.Width - 1, -1, image.Width);
    }

    /// <summary>Undoes EXIF orientation 1 to 8, so that the image stands as it was meant to.</summary>
    public static ImageBuffer Oriented(ImageBuffer image, int orientation)
    {
        ArgumentNullException.ThrowIfNull(image);
        int width = image.Width, right = width - 1, bottom = (image.Height - 1) * width;
        return orientation switch
        {
            2 => Walk(image, width, image.Height, right, -1, width),
            3 => Walk(image, width, image.Height, bottom + right, -1, -width),
            4 => Walk(image, width, image.Height, bottom, 1, -width),
            5 => Walk(image, image.Height, width, 0, width, 1),
            6 => Walk(image, image.Height, width, bottom, -width, 1),
            7 => Walk(image, image.Height, width, bottom + right, -width, -1),
            8 => Walk(image, image.Height, width, right, width, -1),
            _ => image,
        };
    }

    /// <summary>Grey to RGB (three equal channels) or RGB to grey (ITU-R BT.601 luma, as PIL's "L"); alpha is not allowed.</summary>
    /// <exception cref="ArgumentException">The image has alpha, or <paramref name="channels"/> is neither 1 nor 3.</exception>
    public static ImageBuffer WithChannels(ImageBuffer image, int channels)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.HasAlpha || channels is not (1 or 3))
            throw new ArgumentException($"An image of {image.Channels} channels cannot become one of {channels}; composite it first.");
        if (image.Channels == channels)
            return image;
        var result = new ImageBuffer(image.Width, image.Height, channels);
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            if (channels == 3)
                result.Pixels.AsSpan(3 * i, 3).Fill(image.Pixels[i]);
            else
                result.Pixels[i] = Luma(image.Pixels[3 * i], image.Pixels[3 * i + 1], image.Pixels[3 * i + 2]);
        }
        return result;
    }

    /// <summary>ITU-R BT.601 luma in 16-bit fixed point.</summary>
    internal static byte Luma(int red, int green, int blue) => (byte)((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);

    // (a·alpha + b·(255 - alpha)) / 255 to the nearest, without a division.
    private static byte Blend(int front, int back, int alpha)
    {
        var sum = front * alpha + back * (255 - alpha) + 128;
        return (byte)((sum + (sum >> 8)) >> 8);
    }

    // The result's pixel (x, y) is the source's pixel number first + x * across + y * down.
    private static ImageBuffer Walk(ImageBuffer image, int width, int height, int first, int across, int down)
    {
        var result = new ImageBuffer(width, height, image.Channels);
        var channels = image.Channels;
        ReadOnlySpan<byte> source = image.Pixels;
        for (var y = 0; y < height; y++)
        {
            var row = result.Row(y);
            var from = (first + y * down) * channels;
            for (var to = 0; to < row.Length; to += channels, from += across * channels)
            {
                for (var c = 0; c < channels; c++)
                    row[to + c] = source[from + c];
            }
        }
        return result;
    }
}

/// <summary>An opaque colour, 8 bits a channel.</summary>
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    public static RgbColor White => new(255, 255, 255);

    public static RgbColor Black => new(0, 0, 0);

    public bool IsGrey => Red == Green && Green == Blue;

    /// <summary>Reads "white", "black" or "#rrggbb".</summary>
    public static bool TryParse(string? text, out RgbColor color)
    {
        color = text == "white" ? White : Black;
        if (text is "white" or "black")
            return true;
        if (text is not ['#', _, _, _, _, _, _] || !uint.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, null, out var value))
            return false;
        color = new RgbColor((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return true;
    }

    /// <summary>"#rrggbb".</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}

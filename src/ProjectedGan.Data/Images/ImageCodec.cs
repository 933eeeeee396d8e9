namespace ProjectedGan.Data.Images;

/// <summary>Reads PNG, JPEG and WebP and writes PNG and WebP, in memory, through native/pgan_image. Thread-safe.</summary>
/// <remarks>More than 100 million pixels are refused: a small file can claim any size.</remarks>
public static unsafe class ImageCodec
{
    /// <summary>Reads the header without decoding.</summary>
    /// <exception cref="ImageException">The bytes are no PNG, JPEG or WebP, or the header is damaged or ends early.</exception>
    public static ImageInfo Probe(ReadOnlySpan<byte> file)
    {
        fixed (byte* data = file)
        {
            ImageNative.Check(ImageNative.Probe(data, (nuint)file.Length, out var info));
            return info;
        }
    }

    /// <summary>Reads the header from the first bytes of a file; false when they end inside it and more are needed.</summary>
    /// <exception cref="ImageException">The bytes are no PNG, JPEG or WebP, or the header is damaged.</exception>
    public static bool TryProbe(ReadOnlySpan<byte> prefix, out ImageInfo info)
    {
        fixed (byte* data = prefix)
        {
            var result = ImageNative.Probe(data, (nuint)prefix.Length, out info);
            if (result == ImageNative.Incomplete)
                return false;
            ImageNative.Check(result);
            return true;
        }
    }

    /// <summary>
    /// Decodes to 8 bits a channel with the file's own channels (grey, grey and alpha, RGB, RGBA). Palettes are expanded, 16 bits
    /// rounded, CMYK converted; colour profiles and gamma are not applied. Of an animated WebP it gives the first frame. JPEG's EXIF
    /// orientation is reported by <see cref="Probe"/> and applied by <see cref="DecodeUpright"/> only.
    /// </summary>
    /// <exception cref="ImageException">The file is damaged, truncated, too large or of another format.</exception>
    public static ImageBuffer Decode(ReadOnlySpan<byte> file)
    {
        using var decoded = DecodedImage.Decode(file);
        return new ImageBuffer(decoded.Info.Width, decoded.Info.Height, decoded.Info.Channels, decoded.Pixels.ToArray());
    }

    /// <summary>As <see cref="Decode"/>, then turned as the EXIF orientation asks.</summary>
    /// <exception cref="ImageException">The file is damaged, truncated, too large or of another format.</exception>
    public static ImageBuffer DecodeUpright(ReadOnlySpan<byte> file)
    {
        using var decoded = DecodedImage.Decode(file);
        var image = new ImageBuffer(decoded.Info.Width, decoded.Info.Height, decoded.Info.Channels, decoded.Pixels.ToArray());
        return ImageTransforms.Oriented(image, decoded.Info.Orientation);
    }

    /// <summary>Writes a PNG of 8 bits a channel.</summary>
    public static byte[] EncodePng(ImageBuffer image, PngEffort effort = PngEffort.Fast)
    {
        ArgumentNullException.ThrowIfNull(image);
        fixed (byte* pixels = image.Pixels)
        {
            ImageNative.Check(
                ImageNative.EncodePng(pixels, image.Width, image.Height, image.Channels, (int)effort, out var data, out var size));
            return Take(data, size);
        }
    }

    /// <summary>Writes a lossy WebP. <paramref name="quality"/> is 0 to 100.</summary>
    /// <exception cref="ImageException">The quality is out of range or a side is over 16,383 pixels.</exception>
    public static byte[] EncodeWebp(ImageBuffer image, float quality = 90) => EncodeWebp(image, quality, lossless: false);

    /// <summary>Writes a lossless WebP.</summary>
    /// <exception cref="ImageException">A side is over 16,383 pixels.</exception>
    public static byte[] EncodeLosslessWebp(ImageBuffer image) => EncodeWebp(image, 75, lossless: true);

    /// <summary>Writes a lossy animated WebP that repeats for ever, each frame shown for <paramref name="frameDuration"/>.</summary>
    /// <param name="frames">At least one, all of one size; enumerated once, so they may be made on the way.</param>
    /// <param name="frameDuration">Whole milliseconds, at least one.</param>
    /// <param name="quality">0 to 100.</param>
    /// <exception cref="ImageException">There is no frame, sizes differ, or the quality is out of range.</exception>
    public static byte[] EncodeAnimatedWebp(IEnumerable<ImageBuffer> frames, TimeSpan frameDuration, float quality = 80)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfLessThan(frameDuration, TimeSpan.FromMilliseconds(1));
        nint animation = 0;
        var timestamp = 0;
        try
        {
            foreach (var frame in frames)
            {
                if (animation == 0)
                    ImageNative.Check(ImageNative.CreateAnimation(frame.Width, frame.Height, quality, 0, out animation));
                AddFrame(animation, frame, timestamp);
                timestamp = checked(timestamp + (int)frameDuration.TotalMilliseconds);
            }
            if (animation == 0)
                throw new ImageException("An animation needs at least one frame.");
            ImageNative.Check(ImageNative.FinishAnimation(animation, timestamp, out var data, out var size));
            return Take(data, size);
        }
        finally
        {
            ImageNative.DestroyAnimation(animation);
        }
    }

    private static void AddFrame(nint animation, ImageBuffer frame, int timestamp)
    {
        fixed (byte* pixels = frame.Pixels)
            ImageNative.Check(ImageNative.AddFrame(animation, pixels, frame.Width, frame.Height, frame.Channels, timestamp));
    }

    private static byte[] EncodeWebp(ImageBuffer image, float quality, bool lossless)
    {
        ArgumentNullException.ThrowIfNull(image);
        fixed (byte* pixels = image.Pixels)
        {
            ImageNative.Check(ImageNative.EncodeWebp(
                pixels, image.Width, image.Height, image.Channels, quality, lossless ? 1 : 0, out var data, out var size));
            return Take(data, size);
        }
    }

    private static byte[] Take(byte* data, nuint size)
    {
        try
        {
            return new ReadOnlySpan<byte>(data, checked((int)size)).ToArray();
        }
        finally
        {
            ImageNative.Free(data);
        }
    }
}

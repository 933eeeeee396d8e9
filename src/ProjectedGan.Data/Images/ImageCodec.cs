using NetVips;

namespace ProjectedGan.Data.Images;

/// <summary>Reads PNG, JPEG, WebP, GIF, TIFF and AVIF and writes PNG and animated WebP, in memory, through libvips. Thread-safe.</summary>
/// <remarks>More than 100 million pixels are refused by the header: a small file can claim any size.</remarks>
public static class ImageCodec
{
    /// <summary>Reads the header without decoding.</summary>
    /// <exception cref="ImageException">The bytes are no such image, or the header is damaged or ends early.</exception>
    public static ImageInfo Probe(ReadOnlySpan<byte> file) => Vips.Run(file, ReadHeader, Failure(file));

    /// <summary>
    /// Reads the header from the first bytes of a file; false when they are not enough, which they never are in formats where what lies
    /// behind them has a say: WebP, GIF, TIFF, AVIF.
    /// </summary>
    /// <exception cref="ImageException">The bytes are no such image, or it is too large.</exception>
    public static bool TryProbe(ReadOnlySpan<byte> prefix, out ImageInfo info)
    {
        info = default;
        return ImageFile.Detect(prefix) switch
        {
            ImageFormat.Png => PngChunks.TryReadHeader(prefix, out info),
            ImageFormat.Jpeg => Vips.TryRun(prefix, ReadHeader, out info),
            _ => false,
        };
    }

    /// <summary>
    /// Decodes the first frame to 8 bits a channel with the file's own channels (grey, grey and alpha, RGB, RGBA): upright, as EXIF's or
    /// TIFF's orientation asks, and in sRGB where the file has another colour profile. Palettes are expanded, 16 bits rounded, CMYK
    /// converted; gamma chunks are not applied.
    /// </summary>
    /// <exception cref="ImageException">The file is damaged, truncated, too large or of another format.</exception>
    public static ImageBuffer Decode(ReadOnlySpan<byte> file)
    {
        var stored = DecodeStored(file, info => GC.AllocateUninitializedArray<byte>(info.Width * info.Height * info.Channels));
        var image = new ImageBuffer(stored.Info.Width, stored.Info.Height, stored.Info.Channels, stored.Pixels);
        return ImageTransforms.Oriented(image, stored.Orientation);
    }

    /// <summary>As <see cref="Decode(ReadOnlySpan{byte})"/>, but not turned, and into memory of the caller's.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="allocate">Told the header, gives at least as many bytes as the pixels take. It may be asked twice.</param>
    /// <exception cref="ImageException">The file is damaged, truncated, too large or of another format.</exception>
    internal static StoredImage DecodeStored(ReadOnlySpan<byte> file, Func<ImageInfo, byte[]> allocate)
    {
        try
        {
            return Vips.Run(new Request(file, strict: true, allocate), Decode, Failure(file));
        }
        catch (ImageException error) when (error.Message.Contains("extraneous bytes", StringComparison.Ordinal))
        {
            // Bytes between a JPEG's segments harm nothing, and some cameras write them.
            return Vips.Run(new Request(file, strict: false, allocate), Decode, Failure(file));
        }
    }

    /// <summary>Writes a PNG of 8 bits a channel.</summary>
    public static byte[] EncodePng(ImageBuffer image, PngEffort effort = PngEffort.Fast)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (level, filter) = effort switch
        {
            PngEffort.Stored => (0, Enums.ForeignPngFilter.None),
            PngEffort.Fast => (1, Enums.ForeignPngFilter.Sub),
            _ => (9, Enums.ForeignPngFilter.All),
        };
        return Vips.Run(
            image,
            pixels =>
            {
                using var source = Wrap(pixels);
                // Left to itself, libvips adds EXIF of its own.
                return source.PngsaveBuffer(compression: level, filter: filter, keep: Enums.ForeignKeep.None);
            },
            "The PNG cannot be written");
    }

    /// <summary>Writes a lossy animated WebP that repeats for ever, each frame shown for <paramref name="frameDuration"/>.</summary>
    /// <param name="frames">At least one, all of one size and kind; all are held until the file is written.</param>
    /// <param name="frameDuration">Whole milliseconds, at least one.</param>
    /// <param name="quality">0 to 100.</param>
    /// <exception cref="ImageException">There is no frame, sizes differ, or a side is over 16,383 pixels.</exception>
    public static byte[] EncodeAnimatedWebp(IEnumerable<ImageBuffer> frames, TimeSpan frameDuration, int quality = 80)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfLessThan(frameDuration, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfNegative(quality);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        ImageBuffer[] all = [.. frames];
        if (all.Length == 0)
            throw new ImageException("An animation needs at least one frame.");
        var first = all[0];
        if (Array.Exists(all, frame => (frame.Width, frame.Height, frame.Channels) != (first.Width, first.Height, first.Channels)))
            throw new ImageException("An animation's frames must have one size.");
        return Vips.Run(all, images => WriteAnimation(images, (int)frameDuration.TotalMilliseconds, quality), "The WebP cannot be written");
    }

    private static ImageInfo ReadHeader(ReadOnlySpan<byte> file)
    {
        using var image = ImageFile.Open(file, strict: true);
        return image.Info;
    }

    private static StoredImage Decode(Request request)
    {
        using var image = ImageFile.Open(request.File, request.Strict);
        var info = image.Info;
        var pixels = request.Allocate(info);
        image.Decode(pixels.AsSpan(0, info.Width * info.Height * info.Channels));
        return new StoredImage(info, image.ReadOrientation(request.File), pixels);
    }

    private static string Failure(ReadOnlySpan<byte> file) =>
        $"its {ImageFile.Detect(file) switch
        {
            ImageFormat.Png => "PNG",
            ImageFormat.Jpeg => "JPEG",
            ImageFormat.Gif => "GIF",
            ImageFormat.Tiff => "TIFF",
            ImageFormat.Avif => "AVIF",
            var other => other.ToString(),
        }} data is damaged, cut short or of a kind that is not read";

    private static byte[] WriteAnimation(ImageBuffer[] frames, int milliseconds, int quality)
    {
        var pages = Array.ConvertAll(frames, Wrap);
        try
        {
            using var strip = Image.Arrayjoin(pages, across: 1);
            using var animation = strip.Mutate(image =>
            {
                image.Set(GValue.ArrayIntType, "delay", Enumerable.Repeat(milliseconds, frames.Length).ToArray());
                image.Set(GValue.GIntType, "loop", 0);
            });
            return animation.WebpsaveBuffer(q: quality, pageHeight: frames[0].Height);
        }
        finally
        {
            Array.ForEach(pages, page => page.Dispose());
        }
    }

    private static Image Wrap(ImageBuffer image)
    {
        using var memory = Image.NewFromMemory(image.Pixels, image.Width, image.Height, image.Channels, Enums.BandFormat.Uchar);
        return memory.Copy(interpretation: image.Channels < 3 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
    }

    private readonly ref struct Request(ReadOnlySpan<byte> file, bool strict, Func<ImageInfo, byte[]> allocate)
    {
        public ReadOnlySpan<byte> File { get; } = file;

        public bool Strict { get; } = strict;

        public Func<ImageInfo, byte[]> Allocate { get; } = allocate;
    }
}

/// <summary>What an image file's header says.</summary>
/// <param name="Format">The file format, found by content.</param>
/// <param name="Width">Pixels a row as they are stored: before the turn that EXIF's or TIFF's orientation asks for.</param>
/// <param name="Height">Rows as they are stored.</param>
/// <param name="Channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; what decoding gives.</param>
/// <param name="Frames">Frames of an animation or pages of a TIFF, else 1.</param>
public readonly record struct ImageInfo(ImageFormat Format, int Width, int Height, int Channels, int Frames)
{
    /// <summary>Whether there is a second or fourth channel of alpha.</summary>
    public bool HasAlpha => Channels is 2 or 4;
}

/// <summary>How hard the PNG encoder works.</summary>
public enum PngEffort
{
    /// <summary>No compression: fastest to decode, the layout of StyleGAN's dataset zips.</summary>
    Stored = 0,

    /// <summary>zlib level 1: sample grids during training.</summary>
    Fast = 1,

    /// <summary>zlib level 9 with adaptive filters: files that are kept.</summary>
    Small = 2,
}

/// <summary>A decoded image as its file stores it.</summary>
/// <param name="Info">Size and channels.</param>
/// <param name="Orientation">EXIF's number 1 (upright) to 8: how it has to be turned.</param>
/// <param name="Pixels">Begins with height x width x channels bytes, rows from the top, channels interleaved.</param>
internal readonly record struct StoredImage(ImageInfo Info, int Orientation, byte[] Pixels);

using NetVips;

namespace ProjectedGan.Data.Images;

/// <summary>An image file that libvips has opened: its header is read and found fit, its pixels are not decoded yet.</summary>
internal sealed class ImageFile : IDisposable
{
    private const long MaximumPixels = 100_000_000;

    private readonly Source _source;
    private readonly Image _image;

    private ImageFile(ReadOnlySpan<byte> file, bool strict)
    {
        var format = Detect(file);
        if (format == ImageFormat.Png)
            // libpng refuses the largest sizes itself, in words without numbers.
            PngChunks.CheckSize(file);
        _source = Source.NewFromMemory(file);
        try
        {
            _image = Load(_source, format, strict ? Enums.FailOn.Warning : Enums.FailOn.Error);
        }
        catch
        {
            _source.Dispose();
            throw;
        }
        try
        {
            CheckSize(_image.Width, _image.Height);
            Info = new ImageInfo(format, _image.Width, _image.Height, CountChannels(_image), Number("n-pages", 1));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ImageInfo Info { get; }

    /// <param name="file">The whole file, or its beginning where the header alone is wanted. libvips takes a copy.</param>
    /// <param name="strict">Whether what a decoder warns of is an error: pixels that are not the photographer's.</param>
    /// <exception cref="ImageException">It is of no known format, too large, or of a kind that is not read.</exception>
    /// <exception cref="VipsException">It is damaged or ends in the header.</exception>
    public static ImageFile Open(ReadOnlySpan<byte> file, bool strict) => new(file, strict);

    /// <summary>Decodes the first frame as it is stored, 8 bits a channel, in sRGB. Can be done once.</summary>
    /// <exception cref="VipsException">It is damaged or ends early.</exception>
    public void Decode(Span<byte> pixels)
    {
        using var narrow = Narrow(_image);
        using var converted = ColorProfile.Convert(narrow);
        var image = converted ?? narrow;
        if (image.Interpretation != Enums.Interpretation.Cmyk)
        {
            Fetch(image, pixels);
            return;
        }
        var inks = GC.AllocateUninitializedArray<byte>(image.Width * image.Height * image.Bands);
        Fetch(image, inks);
        MixInks(inks, pixels, Info.HasAlpha);
    }

    /// <summary>EXIF's number, 1 (upright) to 8.</summary>
    /// <param name="file">The whole file.</param>
    /// <exception cref="ImageException">It is cut short.</exception>
    public int ReadOrientation(ReadOnlySpan<byte> file) =>
        Info.Format == ImageFormat.Png ? PngChunks.Orientation(file) : Number("orientation", 1);

    public void Dispose()
    {
        _image?.Dispose();
        _source.Dispose();
    }

    /// <exception cref="ImageException">It is of no format that is read.</exception>
    public static ImageFormat Detect(ReadOnlySpan<byte> file) =>
        Recognize(file) is not ImageFormat.Unknown and var format ? format : throw new ImageException("it is no PNG, JPEG, WebP, GIF, TIFF or AVIF image");

    /// <summary>The format by a file's first bytes; unknown where it is none that is read.</summary>
    public static ImageFormat Recognize(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(PngChunks.Signature))
            return ImageFormat.Png;
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return ImageFormat.Jpeg;
        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8))
            return ImageFormat.WebP;
        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8))
            return ImageFormat.Gif;
        if (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8))
            return ImageFormat.Tiff;
        if (file.Length >= 12 && file[4..].StartsWith("ftyp"u8) && (file[8..].StartsWith("avif"u8) || file[8..].StartsWith("avis"u8)))
            return ImageFormat.Avif;
        return ImageFormat.Unknown;
    }

    /// <exception cref="ImageException">A header claims no pixel or too many.</exception>
    public static void CheckSize(long width, long height)
    {
        if (width <= 0 || height <= 0)
            throw new ImageException($"its header says {width}x{height} pixels");
        if (width > MaximumPixels / height)
            throw new ImageException($"its header says {width}x{height} pixels, more than the limit of 100 million");
    }

    // Each loader by its name, so that no file can choose another one of libvips'.
    private static Image Load(Source source, ImageFormat format, Enums.FailOn failOn)
    {
        const Enums.Access Once = Enums.Access.Sequential;
        return format switch
        {
            ImageFormat.Png => Image.PngloadSource(source, access: Once, failOn: failOn),
            ImageFormat.Jpeg => Image.JpegloadSource(source, access: Once, failOn: failOn),
            ImageFormat.WebP => Image.WebploadSource(source, access: Once, failOn: failOn),
            ImageFormat.Gif => Image.GifloadSource(source, access: Once, failOn: failOn),
            ImageFormat.Tiff => Image.TiffloadSource(source, access: Once, failOn: failOn),
            _ => Image.HeifloadSource(source, access: Once, failOn: failOn),
        };
    }

    private static int CountChannels(Image image)
    {
        if (image.Format is not (Enums.BandFormat.Uchar or Enums.BandFormat.Ushort))
            throw new ImageException($"its samples are of the type {image.Format}; those of 1 to 16 bits are read");
        if (image.Interpretation == Enums.Interpretation.Cmyk)
            return image.Bands - 1;
        if (image.Bands > 4 || image.Interpretation is Enums.Interpretation.Lab or Enums.Interpretation.Labs)
            throw new ImageException($"it has {image.Bands} channels of {image.Interpretation}; grey, RGB and CMYK are read");
        return image.Bands;
    }

    // Before colours are converted: LittleCMS is exact for 8 bits and takes a coarse table for 16.
    private static Image Narrow(Image image)
    {
        if (image.Format == Enums.BandFormat.Uchar)
            return image.Copy();
        // 65535 is 255 times 257; the sum is cut to the integer below it.
        using var bytes = image.Linear([1 / 257.0], [0.5], uchar: true);
        return bytes.Copy(interpretation: image.Interpretation switch
        {
            Enums.Interpretation.Grey16 => Enums.Interpretation.Bw,
            Enums.Interpretation.Rgb16 => Enums.Interpretation.Srgb,
            var other => other,
        });
    }

    private static unsafe void Fetch(Image image, Span<byte> memory)
    {
        fixed (byte* start = memory)
        {
            using var target = Image.NewFromMemory((nint)start, (ulong)memory.Length, image.Width, image.Height, image.Bands, image.Format);
            image.Write(target);
        }
    }

    // Without a profile nobody knows the inks; this is the product that PIL takes, with its rounding.
    private static void MixInks(ReadOnlySpan<byte> inks, Span<byte> pixels, bool alpha)
    {
        var width = alpha ? 5 : 4;
        for (int from = 0, to = 0; from < inks.Length; from += width)
        {
            var white = 255 - inks[from + 3];
            for (var c = 0; c < 3; c++)
                pixels[to++] = (byte)(white - DivideBy255(inks[from + c] * white));
            if (alpha)
                pixels[to++] = inks[from + 4];
        }

        static int DivideBy255(int product) => (product + 128 + ((product + 128) >> 8)) >> 8;
    }

    private int Number(string field, int otherwise) => _image.GetTypeOf(field) == 0 ? otherwise : (int)_image.Get(field);
}

/// <summary>The file formats that <see cref="ImageCodec"/> reads.</summary>
public enum ImageFormat
{
    Unknown = 0,
    Png = 1,
    Jpeg = 2,
    WebP = 3,
    Gif = 4,
    Tiff = 5,
    Avif = 6,
}

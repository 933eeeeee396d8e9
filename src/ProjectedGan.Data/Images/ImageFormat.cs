namespace ProjectedGan.Data.Images;

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

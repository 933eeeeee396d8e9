namespace ProjectedGan.Data.Images;

/// <summary>The file formats that <see cref="ImageCodec"/> reads. The numbers are the native library's.</summary>
public enum ImageFormat
{
    Unknown = 0,
    Png = 1,
    Jpeg = 2,
    WebP = 3,
}

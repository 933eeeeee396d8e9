using System.Runtime.InteropServices;

namespace ProjectedGan.Data.Images;

/// <summary>What an image file's header says.</summary>
/// <param name="Format">The file format, found by content.</param>
/// <param name="Width">Pixels a row, before any turn that <paramref name="Orientation"/> asks for.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; what decoding gives.</param>
/// <param name="Orientation">EXIF orientation 1 (upright) to 8; only JPEG reports one.</param>
/// <param name="Frames">Frames of an animated WebP, else 1. Counted within the bytes that were given.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ImageInfo(ImageFormat Format, int Width, int Height, int Channels, int Orientation, int Frames)
{
    /// <summary>Whether there is a second or fourth channel of alpha.</summary>
    public bool HasAlpha => Channels is 2 or 4;
}

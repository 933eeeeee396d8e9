namespace ProjectedGan.Data.Images;

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

namespace ProjectedGan.Data.Images;

/// <summary>A decoded image as its file stores it.</summary>
/// <param name="Info">Size and channels.</param>
/// <param name="Orientation">EXIF's number 1 (upright) to 8: how it has to be turned.</param>
/// <param name="Pixels">Begins with height x width x channels bytes, rows from the top, channels interleaved.</param>
internal readonly record struct StoredImage(ImageInfo Info, int Orientation, byte[] Pixels);

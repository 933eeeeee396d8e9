namespace ProjectedGan.Data.Images;

/// <summary>Pixels in native memory, so that a reader can lay them out where it needs them without another copy. Dispose it.</summary>
internal sealed unsafe class DecodedImage : IDisposable
{
    private byte* _pixels;

    private DecodedImage(ImageInfo info, byte* pixels)
    {
        Info = info;
        _pixels = pixels;
    }

    public ImageInfo Info { get; }

    /// <summary>Height x width x channels bytes, rows from the top, channels interleaved.</summary>
    public ReadOnlySpan<byte> Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pixels == null, this);
            return new ReadOnlySpan<byte>(_pixels, checked(Info.Width * Info.Height * Info.Channels));
        }
    }

    public static DecodedImage Decode(ReadOnlySpan<byte> file)
    {
        fixed (byte* data = file)
        {
            ImageNative.Check(ImageNative.Decode(data, (nuint)file.Length, out var info, out var pixels));
            return new DecodedImage(info, pixels);
        }
    }

    public void Dispose()
    {
        ImageNative.Free(_pixels);
        _pixels = null;
    }
}

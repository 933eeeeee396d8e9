namespace ProjectedGan.Data.Datasets;

/// <summary>Opens a folder, a zip or a .tgz package by what is at the path.</summary>
internal static class ImageSources
{
    /// <summary>Bytes at a file's beginning that nearly always hold the whole header.</summary>
    public const int PrefixLength = 2048;

    /// <exception cref="DatasetException">There is nothing, or something else.</exception>
    public static IImageSource Open(string path)
    {
        if (Directory.Exists(path))
            return new FolderImageSource(path);
        if (!File.Exists(path))
            throw new DatasetException(
                $"Dataset '{path}' does not exist; give a zip or a folder of images, or make one with `pgan dataset create`.");
        return IsGzip(path) ? new PackageImageSource(path) : new ZipImageSource(path);
    }

    /// <summary>Reads an image's header: its first bytes where they are enough, else the whole file.</summary>
    /// <exception cref="Images.ImageException">The header is damaged or the file is no image.</exception>
    public static Images.ImageInfo Probe(this IImageSource source, int index)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        var count = source.ReadPrefix(index, prefix);
        return Images.ImageCodec.TryProbe(prefix[..count], out var info) ? info : Images.ImageCodec.Probe(source.Read(index));
    }

    private static bool IsGzip(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{path}' cannot be opened: {error.Message}", error);
        }
    }
}

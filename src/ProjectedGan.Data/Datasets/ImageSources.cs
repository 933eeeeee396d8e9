namespace ProjectedGan.Data.Datasets;

/// <summary>Opens a folder, a zip or a .tgz package by what is at the path.</summary>
internal static class ImageSources
{
    /// <summary>Bytes at a file's beginning that nearly always hold the whole header.</summary>
    public const int PrefixLength = 2048;

    /// <summary>Bytes at a file's beginning that tell its format.</summary>
    public const int SignatureLength = 16;

    /// <exception cref="DatasetException">There is nothing, or something else.</exception>
    public static IImageSource Open(string path)
    {
        if (Directory.Exists(path))
            return new FolderImageSource(path);
        if (!File.Exists(path))
            throw new DatasetException(
                $"Dataset '{path}' does not exist; give a zip or a folder of images, or make one with `pgan dataset create`.");
        // A pipe would be waited for, a device read without an end; neither has a length.
        if (LengthOf(new FileInfo(path)) == 0)
            throw new DatasetException($"'{path}' is not a readable zip: it is empty or no regular file.");
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

    /// <summary>Bytes of a file, or of the one that a link leads to; 0 where it leads nowhere.</summary>
    public static long LengthOf(FileInfo file)
    {
        // The framework gives a link's own length.
        if (!file.Attributes.HasFlag(FileAttributes.ReparsePoint))
            return file.Length;
        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target ? target.Length : 0;
        }
        catch (IOException)
        {
            // Links in a circle.
            return 0;
        }
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

/// <summary>Image files as they are stored, sorted by name (ordinal). Thread-safe.</summary>
internal interface IImageSource : IDisposable
{
    /// <summary>The zip, folder or package, for messages.</summary>
    string Path { get; }

    /// <summary>Paths inside the source, with forward slashes.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>What else is there.</summary>
    LeftOutFiles LeftOut { get; }

    /// <summary>Bytes of dataset.json; null where there is none.</summary>
    long? LabelFileLength { get; }

    /// <summary>The content of dataset.json, where there is one.</summary>
    byte[] ReadLabelFile();

    long Length(int index);

    /// <summary>CRC-32 of the file's content; from the directory where the container has one.</summary>
    uint Crc(int index);

    byte[] Read(int index);

    /// <summary>Reads the first bytes; gives how many, fewer than asked only where the file is shorter.</summary>
    int ReadPrefix(int index, Span<byte> prefix);
}

using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Hashing;

namespace ProjectedGan.Data.Datasets;

/// <summary>The images of a .tgz (an npm package), held in memory as they are stored: a tar has no directory to read by position.</summary>
internal sealed class PackageImageSource : IImageSource
{
    private readonly byte[][] _files;
    private readonly byte[]? _labels;

    /// <exception cref="DatasetException">The file cannot be opened or is no whole .tgz.</exception>
    public PackageImageSource(string path)
    {
        Path = path;
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var tar = new TarReader(stream);
            while (tar.GetNextEntry() is { } entry)
            {
                // `tar -c .` writes './' before every name.
                var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                var content = new Lazy<byte[]>(() => ReadAll(entry));
                if (entry.DataStream is not null && (name == ImageNames.LabelFile || LeftOut.Takes(name, () => content.Value)))
                    files[name] = content.Value;
            }
            // Reading on checks gzip's own length and checksum, which stand behind the tar's end.
            stream.CopyTo(Stream.Null);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or FormatException)
        {
            throw new DatasetException($"'{path}' is not a readable .tgz: {error.Message} Copy or download it again.", error);
        }
        files.Remove(ImageNames.LabelFile, out _labels);
        Names = [.. files.Keys];
        _files = [.. files.Values];
    }

    public string Path { get; }

    public IReadOnlyList<string> Names { get; }

    public LeftOutFiles LeftOut { get; } = new();

    public long? LabelFileLength => _labels?.Length;

    public byte[] ReadLabelFile() => _labels!;

    public long Length(int index) => _files[index].Length;

    public uint Crc(int index) => Crc32.HashToUInt32(_files[index]);

    public byte[] Read(int index) => _files[index];

    public int ReadPrefix(int index, Span<byte> prefix)
    {
        var bytes = _files[index].AsSpan(0, Math.Min(prefix.Length, _files[index].Length));
        bytes.CopyTo(prefix);
        return bytes.Length;
    }

    public void Dispose()
    {
    }

    private static byte[] ReadAll(TarEntry entry)
    {
        var bytes = new byte[entry.Length];
        entry.DataStream!.ReadExactly(bytes);
        return bytes;
    }
}

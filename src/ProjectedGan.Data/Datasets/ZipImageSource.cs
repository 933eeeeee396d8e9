using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace ProjectedGan.Data.Datasets;

/// <summary>The images of a zip, read by position without a lock.</summary>
internal sealed class ZipImageSource : IImageSource
{
    private const int LocalHeaderLength = 30;
    private const long LargestEntry = 1L << 30;
    private const long CompressedSlack = 64 << 10;
    private readonly SafeFileHandle _file;
    private readonly ZipEntryInfo[] _images;
    private readonly ZipEntryInfo? _labels;

    /// <exception cref="DatasetException">The file cannot be opened or is no whole zip.</exception>
    public ZipImageSource(string path)
    {
        Path = path;
        try
        {
            _file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{path}' cannot be opened: {error.Message}", error);
        }
        try
        {
            var entries = ZipDirectory.Read(_file);
            _images = [.. entries.Where(entry => !entry.Name.EndsWith('/') && LeftOut.Takes(entry.Name, () => ReadStart(entry)))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)];
            _labels = entries.Find(entry => entry.Name == ImageNames.LabelFile);
        }
        catch (InvalidDataException error)
        {
            _file.Dispose();
            throw new DatasetException($"'{path}' is not a readable zip: {error.Message}. Copy or download it again.", error);
        }
        Names = Array.ConvertAll(_images, entry => entry.Name);
    }

    public string Path { get; }

    public IReadOnlyList<string> Names { get; }

    public LeftOutFiles LeftOut { get; } = new();

    public long? LabelFileLength => _labels?.Length;

    public byte[] ReadLabelFile() => Read(_labels!);

    public long Length(int index) => _images[index].Length;

    public uint Crc(int index) => _images[index].Crc;

    public byte[] Read(int index) => Read(_images[index]);

    public int ReadPrefix(int index, Span<byte> prefix) => ReadPrefix(_images[index], prefix);

    public void Dispose() => _file.Dispose();

    private byte[] ReadStart(ZipEntryInfo entry)
    {
        Span<byte> start = stackalloc byte[ImageSources.SignatureLength];
        return start[..ReadPrefix(entry, start)].ToArray();
    }

    private int ReadPrefix(ZipEntryInfo entry, Span<byte> prefix)
    {
        var bytes = prefix[..(int)Math.Min(prefix.Length, entry.Length)];
        Read(entry, bytes);
        return bytes.Length;
    }

    private byte[] Read(ZipEntryInfo entry)
    {
        if (entry.Length > LargestEntry)
            throw new DatasetException($"'{Path}': entry '{entry.Name}' has {entry.Length:N0} bytes; the limit is 1 GiB.");
        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length);
        Read(entry, bytes);
        return bytes;
    }

    private void Read(ZipEntryInfo entry, Span<byte> bytes)
    {
        if (entry.Encrypted)
            throw new DatasetException($"'{Path}': entry '{entry.Name}' is encrypted; make the zip without a password.");
        try
        {
            var position = FindContent(entry);
            if (entry.Method == 0)
                ZipDirectory.ReadExactly(_file, bytes, position);
            else if (entry.Method == 8)
                Inflate(entry, position, bytes);
            else
                throw new InvalidDataException($"compression method {entry.Method} is not supported; store or deflate it");
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or IOException)
        {
            throw new DatasetException($"'{Path}': entry '{entry.Name}' cannot be read: {error.Message}", error);
        }
    }

    private long FindContent(ZipEntryInfo entry)
    {
        Span<byte> header = stackalloc byte[LocalHeaderLength];
        ZipDirectory.ReadExactly(_file, header, entry.HeaderOffset);
        if (!header.StartsWith("PK\x03\x04"u8))
            throw new InvalidDataException("its header is damaged");
        return entry.HeaderOffset + LocalHeaderLength + BitConverter.ToUInt16(header[26..]) + BitConverter.ToUInt16(header[28..]);
    }

    private void Inflate(ZipEntryInfo entry, long position, Span<byte> bytes)
    {
        // What cannot be compressed grows by a few bytes; no packer needs more for what is wanted here.
        var compressed = new byte[Math.Min(entry.CompressedLength, bytes.Length + (bytes.Length / 8) + CompressedSlack)];
        ZipDirectory.ReadExactly(_file, compressed, position);
        using var inflater = new DeflateStream(new MemoryStream(compressed), CompressionMode.Decompress);
        inflater.ReadExactly(bytes);
    }
}

/// <summary>One entry of a zip's central directory. Method 0 is stored, 8 deflate.</summary>
internal sealed record ZipEntryInfo(
    string Name, int Method, bool Encrypted, uint Crc, long CompressedLength, long Length, long HeaderOffset);

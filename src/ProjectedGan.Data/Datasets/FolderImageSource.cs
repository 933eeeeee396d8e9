using System.IO.Hashing;

namespace ProjectedGan.Data.Datasets;

/// <summary>The images below a folder.</summary>
internal sealed class FolderImageSource : IImageSource
{
    private readonly long[] _lengths;

    /// <exception cref="DatasetException">The folder cannot be listed.</exception>
    public FolderImageSource(string path)
    {
        Path = path;
        try
        {
            var root = new DirectoryInfo(path);
            var files = root.EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(file => (Name: System.IO.Path.GetRelativePath(root.FullName, file.FullName).Replace('\\', '/'), file.Length))
                .Where(file => ImageNames.IsImage(file.Name))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .ToArray();
            Names = Array.ConvertAll(files, file => file.Name);
            _lengths = Array.ConvertAll(files, file => file.Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{path}' cannot be listed: {error.Message}", error);
        }
    }

    public string Path { get; }

    public IReadOnlyList<string> Names { get; }

    public byte[]? ReadLabelFile()
    {
        var file = System.IO.Path.Combine(Path, ImageNames.LabelFile);
        return File.Exists(file) ? Guard(ImageNames.LabelFile, () => File.ReadAllBytes(file)) : null;
    }

    public long Length(int index) => _lengths[index];

    public uint Crc(int index) => Crc32.HashToUInt32(Read(index));

    public byte[] Read(int index) => Guard(Names[index], () => File.ReadAllBytes(System.IO.Path.Combine(Path, Names[index])));

    public int ReadPrefix(int index, Span<byte> prefix)
    {
        try
        {
            using var file = File.OpenHandle(System.IO.Path.Combine(Path, Names[index]));
            return RandomAccess.Read(file, prefix, 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(Names[index], error);
        }
    }

    public void Dispose()
    {
    }

    private byte[] Guard(string name, Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, error);
        }
    }

    private DatasetException Unreadable(string name, Exception error) =>
        new($"'{Path}': file '{name}' cannot be read: {error.Message}", error);
}

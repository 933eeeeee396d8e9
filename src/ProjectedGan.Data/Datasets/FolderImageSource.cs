using System.IO.Hashing;

namespace ProjectedGan.Data.Datasets;

/// <summary>The images below a folder.</summary>
internal sealed class FolderImageSource : IImageSource
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    // A trash folder that belongs to somebody else concerns nobody.
    private static readonly EnumerationOptions EverythingOpen = new() { AttributesToSkip = 0 };

    private readonly long[] _lengths;

    /// <exception cref="DatasetException">The folder cannot be listed.</exception>
    public FolderImageSource(string path)
    {
        Path = path;
        try
        {
            var files = new List<(string Name, long Length)>();
            Collect(Target(System.IO.Path.GetFullPath(path)), "", files);
            files.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
            Names = [.. files.Select(file => file.Name)];
            _lengths = [.. files.Select(file => file.Length)];
            LabelFileLength = new FileInfo(System.IO.Path.Combine(path, ImageNames.LabelFile)) is { Exists: true } labels
                ? ImageSources.LengthOf(labels)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{path}' cannot be listed: {error.Message}", error);
        }
    }

    public string Path { get; }

    public IReadOnlyList<string> Names { get; }

    public LeftOutFiles LeftOut { get; } = new();

    public long? LabelFileLength { get; }

    public byte[] ReadLabelFile() => Read(ImageNames.LabelFile, LabelFileLength!.Value);

    public long Length(int index) => _lengths[index];

    public uint Crc(int index) => Crc32.HashToUInt32(Read(index));

    public byte[] Read(int index) => Read(Names[index], _lengths[index]);

    public int ReadPrefix(int index, Span<byte> prefix) => ReadPrefix(Names[index], _lengths[index], prefix);

    public void Dispose()
    {
    }

    private static string Target(string folder) => Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;

    private static bool IsWithin(string path, string folder) => (path + '/').StartsWith(folder.TrimEnd('/') + '/', StringComparison.Ordinal);

    // The folder is given by its own path, not by that of a link to it: a link may lead back to where it stands.
    private void Collect(string folder, string prefix, List<(string Name, long Length)> files)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", ImageNames.IsHidden(prefix) ? EverythingOpen : Everything))
        {
            var name = prefix + entry.Name;
            // Bytes that are not UTF-8 are replaced as they are listed, and nothing has the name that comes out.
            if (entry.Name.Contains('\uFFFD') && !System.IO.Path.Exists(entry.FullName))
                LeftOut.AddUnreadable(name, "its name is not UTF-8; rename it");
            else if (entry is DirectoryInfo)
                CollectBelow(folder, entry.FullName, name, files);
            else if (entry is FileInfo file && LeftOut.Takes(name, () => ReadStart(name, ImageSources.LengthOf(file))))
                files.Add((name, ImageSources.LengthOf(file)));
        }
    }

    private void CollectBelow(string folder, string child, string name, List<(string Name, long Length)> files)
    {
        var target = Target(child);
        if (IsWithin(folder, target))
            LeftOut.AddUnreadable(name, "it is a link to a folder that it lies in; its images would come again and again");
        else
            Collect(target, name + '/', files);
    }

    private byte[] ReadStart(string name, long length)
    {
        Span<byte> start = stackalloc byte[ImageSources.SignatureLength];
        return start[..ReadPrefix(name, length, start)].ToArray();
    }

    private int ReadPrefix(string name, long length, Span<byte> prefix)
    {
        RequireContent(name, length);
        try
        {
            using var file = File.OpenHandle(System.IO.Path.Combine(Path, name));
            return RandomAccess.Read(file, prefix, 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, error);
        }
    }

    private byte[] Read(string name, long length)
    {
        RequireContent(name, length);
        try
        {
            return File.ReadAllBytes(System.IO.Path.Combine(Path, name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, error);
        }
    }

    // Pipes, sockets and devices have no length either; opening a pipe would wait for its writer for ever.
    private void RequireContent(string name, long length)
    {
        if (length == 0)
            throw new DatasetException($"'{Path}': file '{name}' is empty or no regular file.");
    }

    private DatasetException Unreadable(string name, Exception error) =>
        new($"'{Path}': file '{name}' cannot be read: {error.Message}", error);
}

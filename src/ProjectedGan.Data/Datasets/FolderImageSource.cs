using System.IO.Hashing;

namespace ProjectedGan.Data.Datasets;

/// <summary>The images below a folder.</summary>
internal sealed class FolderImageSource : IImageSource
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    // A trash folder that belongs to somebody else concerns nobody.
    private static readonly EnumerationOptions EverythingOpen = new() { AttributesToSkip = 0 };

    private readonly long[] _lengths;

    // By real path, the names of the folders that were gone into. What is hidden is only counted, and is no image of a link that leads to it.
    private readonly Dictionary<(string Folder, bool IsHidden), string> _entered = [];

    /// <exception cref="DatasetException">The folder cannot be listed.</exception>
    public FolderImageSource(string path)
    {
        Path = path;
        try
        {
            var files = new List<(string Name, long Length)>();
            CollectAll(RealPath(System.IO.Path.GetFullPath(path)), files);
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

    // Link by link: one of them may stand in any part of the path, and in that of another's target.
    private static string RealPath(string folder)
    {
        var real = "/";
        foreach (var part in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = System.IO.Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(next, returnFinalTarget: false) is { } target ? RealPath(target.FullName) : next;
        }
        return real;
    }

    private static bool IsWithin(string path, string folder) => (path + '/').StartsWith(folder.TrimEnd('/') + '/', StringComparison.Ordinal);

    // First what lies in the folder itself, then what its links lead to, then those found there, each time in the order of their names: of several
    // ways to a folder every machine takes the same one.
    private void CollectAll(string root, List<(string Name, long Length)> files)
    {
        var links = new List<(string Name, string Folder)>();
        Collect(root, "", files, links);
        while (links.Count > 0)
        {
            var found = links.OrderBy(link => link.Name, StringComparer.Ordinal).ToArray();
            links.Clear();
            foreach (var (name, folder) in found)
            {
                if (IsWithin(root, folder))
                    LeftOut.AddUnreadable(name, "it is a link to a folder that the data set lies in; its images would come again and again");
                else
                    CollectNew(folder, name, files, links);
            }
        }
    }

    private void CollectNew(string folder, string name, List<(string Name, long Length)> files, List<(string Name, string Folder)> links)
    {
        var key = (folder, ImageNames.IsHidden(name));
        if (_entered.TryAdd(key, name))
            Collect(folder, name + '/', files, links);
        else
            LeftOut.AddUnreadable(name, $"it leads to the folder that is there as '{_entered[key]}'; its images would come again");
    }

    // The folder is given by its real path.
    private void Collect(string folder, string prefix, List<(string Name, long Length)> files, List<(string Name, string Folder)> links)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", ImageNames.IsHidden(prefix) ? EverythingOpen : Everything))
        {
            var name = prefix + entry.Name;
            // Bytes that are not UTF-8 are replaced as they are listed, and nothing has the name that comes out.
            if (entry.Name.Contains('\uFFFD') && !System.IO.Path.Exists(entry.FullName))
                LeftOut.AddUnreadable(name, "its name is not UTF-8; rename it");
            else if (entry is DirectoryInfo { LinkTarget: not null })
                links.Add((name, RealPath(entry.FullName)));
            else if (entry is DirectoryInfo)
                CollectNew(entry.FullName, name, files, links);
            else if (entry is FileInfo file && LeftOut.Takes(name, () => ReadStart(name, ImageSources.LengthOf(file))))
                files.Add((name, ImageSources.LengthOf(file)));
        }
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

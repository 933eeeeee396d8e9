using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Datasets;

/// <summary>The files of a source that are not taken for images, counted by kind.</summary>
public sealed class LeftOutFiles
{
    private const int KindsShown = 6;
    private const int UnreadableNamed = 5;
    private const int LongestExtension = 10;

    // An AVIF names itself in its twelfth byte.
    private const int LeastLength = 12;

    private readonly Dictionary<string, int> _kinds = [];
    private readonly List<SkippedImage> _unreadable = [];

    /// <summary>One line, such as <c>left out 3 files: 2 .bmp, 1 hidden</c>; null where every file is an image.</summary>
    public string? Summary =>
        _kinds.Count == 0 ? null : $"left out {Files(_kinds.Values.Sum())}: {string.Join(", ", Kinds())}";

    /// <summary>Files and folders that cannot be opened by their names, or have no end. They are not in <see cref="Summary"/>.</summary>
    public IReadOnlyList<SkippedImage> Unreadable => _unreadable;

    /// <summary>All of it in sentences; none where every file is an image.</summary>
    public IEnumerable<string> Sentences()
    {
        if (Summary is { } summary)
            yield return $"the data set: {summary}.";
        foreach (var file in _unreadable.Take(UnreadableNamed))
            yield return $"the data set: left out '{file.Name}': {file.Reason}.";
        if (_unreadable.Count > UnreadableNamed)
            yield return $"the data set: left out {_unreadable.Count - UnreadableNamed:N0} more like these.";
    }

    /// <summary>Whether a file is an image: by its extension, without one by its content. Counts it otherwise.</summary>
    /// <param name="name">Its path inside the source, with forward slashes.</param>
    /// <param name="read">Gives its first bytes; only asked where there is no extension.</param>
    internal bool Takes(string name, Func<byte[]> read)
    {
        if (ImageNames.IsHidden(name))
            return LeaveOut("hidden");
        if (ImageNames.HasImageExtension(name))
            return true;
        if (name == ImageNames.LabelFile)
            return false;
        var extension = Path.GetExtension(name).ToLowerInvariant();
        if (extension.Length == 0)
            return IsImage(read) || LeaveOut("without extension");
        // Anything can stand behind a name's last dot, and this goes into messages.
        var isType = extension.Length <= LongestExtension && extension.Skip(1).All(char.IsAsciiLetterOrDigit);
        return LeaveOut(isType ? extension : "of other types");
    }

    /// <summary>Adds what cannot be gone into, by the name under which it is listed.</summary>
    internal void AddUnreadable(string name, string reason)
    {
        if (ImageNames.IsHidden(name))
            LeaveOut("hidden");
        else
            _unreadable.Add(new SkippedImage(name, reason));
    }

    /// <exception cref="DatasetException">The source has no image; the message says what it has.</exception>
    internal static void RequireImages(IImageSource source)
    {
        if (source.Names.Count > 0)
            return;
        string?[] others = [source.LeftOut.Summary, .. source.LeftOut.Unreadable.Take(1).Select(file => $"'{file.Name}': {file.Reason}")];
        throw new DatasetException(
            $"'{source.Path}' {string.Join("; ", others.OfType<string>().Prepend($"holds no {ImageNames.Formats} image"))}.");
    }

    private static bool IsImage(Func<byte[]> read)
    {
        try
        {
            return read() is { Length: >= LeastLength } start && ImageFile.Recognize(start) != ImageFormat.Unknown;
        }
        catch (DatasetException)
        {
            // Nothing says that it is an image.
            return false;
        }
    }

    private static string Files(int count) => count == 1 ? "1 file" : $"{count:N0} files";

    private IEnumerable<string> Kinds()
    {
        var kinds = _kinds.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).ToArray();
        var shown = kinds.Take(KindsShown).Select(kind => $"{kind.Value:N0} {kind.Key}");
        return kinds.Length <= KindsShown ? shown : [.. shown, $"{kinds.Skip(KindsShown).Sum(kind => kind.Value):N0} more"];
    }

    private bool LeaveOut(string kind)
    {
        _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        return false;
    }
}

/// <summary>An image that was left out, and why.</summary>
public sealed record SkippedImage(string Name, string Reason);

/// <summary>What the name of a container's file says of it.</summary>
internal static class ImageNames
{
    public const string LabelFile = "dataset.json";

    /// <summary>What images are, for messages.</summary>
    public const string Formats = "PNG, JPEG, WebP, GIF, TIFF or AVIF";

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".tif", ".tiff", ".avif"];

    // Previews, deleted images and notes that macOS, Synology's disks and Windows keep beside a user's own files.
    private static readonly string[] SystemNames = ["__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN", "Thumbs.db", "desktop.ini"];

    public static bool HasImageExtension(string name) => Extensions.Contains(Path.GetExtension(name).ToLowerInvariant());

    /// <summary>Whether any part of a path begins with a dot or is one that systems keep for themselves.</summary>
    public static bool IsHidden(string name) =>
        name.Split('/').Any(part => (part.StartsWith('.') && part is not ("." or "..")) || IsSystem(part));

    private static bool IsSystem(string part) => Array.Exists(SystemNames, name => name.Equals(part, StringComparison.OrdinalIgnoreCase));
}

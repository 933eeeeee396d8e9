namespace ProjectedGan.Data.Datasets;

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

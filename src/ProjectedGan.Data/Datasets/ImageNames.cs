namespace ProjectedGan.Data.Datasets;

/// <summary>Which files of a container are images.</summary>
internal static class ImageNames
{
    public const string LabelFile = "dataset.json";

    /// <summary>What they are, for messages.</summary>
    public const string Formats = "PNG, JPEG, WebP, GIF, TIFF or AVIF";

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".tif", ".tiff", ".avif"];

    /// <summary>By extension; hidden files and the resource forks that macOS puts into archives are none.</summary>
    public static bool IsImage(string name) =>
        Extensions.Contains(Path.GetExtension(name).ToLowerInvariant())
        && !Path.GetFileName(name).StartsWith('.')
        && !name.StartsWith("__MACOSX/", StringComparison.Ordinal);
}

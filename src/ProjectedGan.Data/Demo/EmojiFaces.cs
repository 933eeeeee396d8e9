using ProjectedGan.Data.Datasets;

namespace ProjectedGan.Data.Demo;

/// <summary>
/// The demo's images: the npm package @lobehub/fluent-emoji-3d 1.1.0 (MIT), 3D emoji as 256x256 WebP files with alpha, named by code
/// points. Laid on white and resized to 64x64 they are small enough for a CPU to learn.
/// </summary>
public static class EmojiFaces
{
    /// <summary>The file that `npm pack` makes.</summary>
    public const string PackageFile = "lobehub-fluent-emoji-3d-1.1.0.tgz";

    // Fitzpatrick modifiers U+1F3FB to U+1F3FF.
    private static readonly string[] SkinTones = ["1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"];

    /// <summary>Code points of the 119 emoji that are faces, in the package's spelling.</summary>
    public static IReadOnlyList<string> FaceNames { get; } = ReadNames();

    /// <summary>The 119 faces.</summary>
    /// <param name="package">Path of the package's .tgz.</param>
    public static DatasetSource Faces(string package) => DatasetSource.Named(package, FaceNames);

    /// <summary>All 1,871 emoji without skin tones: meant for a GPU.</summary>
    /// <param name="package">Path of the package's .tgz.</param>
    public static DatasetSource AllWithoutSkinTones(string package) =>
        new(package, name => !Path.GetFileNameWithoutExtension(name).Split('-').Any(SkinTones.Contains));

    private static string[] ReadNames()
    {
        using var stream = typeof(EmojiFaces).Assembly.GetManifestResourceStream("demo-faces.txt")
            ?? throw new InvalidOperationException("The assembly lacks its resource demo-faces.txt.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}

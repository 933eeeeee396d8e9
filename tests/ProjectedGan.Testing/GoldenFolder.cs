using System.Collections.Concurrent;

namespace ProjectedGan.Testing;

/// <summary>The golden fixtures: <c>PGAN_GOLDEN</c> if set, else <c>tests/golden</c> above the test binaries.</summary>
public sealed class GoldenFolder
{
    private static readonly Lazy<GoldenFolder> Opened = new(() => new GoldenFolder(Locate()));

    private readonly ConcurrentDictionary<string, GoldenFile> _files = new();
    private readonly Dictionary<string, GoldenCase> _cases;

    private GoldenFolder(string path)
    {
        Path = path;
        Manifest = GoldenManifest.Read(System.IO.Path.Combine(path, "manifest.json"));
        Fill = new FillRule(Manifest.Suffix);
        _cases = Manifest.Cases.ToDictionary(item => item.Id);
    }

    public string Path { get; }

    public GoldenManifest Manifest { get; }

    public FillRule Fill { get; }

    /// <summary>The process's golden folder, read once.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static GoldenFolder Open() => Opened.Value;

    public GoldenCase Case(string id) => _cases.TryGetValue(id, out var found)
        ? found
        : throw new InvalidDataException($"The golden manifest in '{Path}' has no case '{id}'.");

    public GoldenModuleSpec Module(string key) => Manifest.Modules.TryGetValue(key, out var found)
        ? found
        : throw new InvalidDataException($"The golden manifest in '{Path}' has no module '{key}'.");

    /// <summary>The stored outputs of a case.</summary>
    public GoldenFile Outputs(GoldenCase item) =>
        _files.GetOrAdd(item.File, name => GoldenFile.Read(System.IO.Path.Combine(Path, name)));

    private static string Locate()
    {
        var named = Environment.GetEnvironmentVariable("PGAN_GOLDEN");
        if (!string.IsNullOrEmpty(named))
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "tests", "golden");
            if (File.Exists(System.IO.Path.Combine(candidate, "manifest.json")))
            {
                return candidate;
            }
        }

        throw new InvalidDataException(
            $"No tests/golden/manifest.json above '{AppContext.BaseDirectory}'; set PGAN_GOLDEN to the golden folder.");
    }
}

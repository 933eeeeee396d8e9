using System.Collections.Concurrent;

namespace ProjectedGan.Testing;

/// <summary>
/// A folder of golden fixtures: <c>manifest.json</c> and one safetensors file a case. The tests run the folder that <c>PGAN_GOLDEN</c>
/// names if it is set, else <c>tests/golden</c> and <c>tests/golden-other</c>; nothing about a folder is known but its format.
/// </summary>
public sealed class GoldenFolder
{
    private static readonly Lazy<GoldenFolder> First = new(() => Read(InTests("golden")));
    private static readonly Lazy<IReadOnlyList<GoldenFolder>> Opened = new(() =>
        Environment.GetEnvironmentVariable("PGAN_GOLDEN") is { Length: > 0 } named ? [Read(named)] : [Repository, Read(InTests("golden-other"))]);

    private readonly ConcurrentDictionary<string, GoldenFile> _files = new();
    private readonly Dictionary<string, GoldenCase> _cases;
    private readonly Dictionary<string, GoldenModuleSpec> _modules;

    private GoldenFolder(string path)
    {
        Location = path;
        Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        Manifest = GoldenManifest.Read(Path.Combine(path, "manifest.json"));
        Fill = new FillRule(Manifest.Suffix);
        _cases = Manifest.Cases.ToDictionary(item => item.Id);
        _modules = Manifest.Modules.ToDictionary(item => item.Key, item => item.Value with { Key = item.Key, Fill = Fill });
    }

    /// <summary>The folders of this test run, read once.</summary>
    /// <exception cref="InvalidDataException">One is missing or cannot be read.</exception>
    public static IReadOnlyList<GoldenFolder> All => Opened.Value;

    /// <summary><c>tests/golden</c>, whatever the run's folders: tests of weight files take the names of published checkpoints from it.</summary>
    public static GoldenFolder Repository => First.Value;

    /// <summary>The full path.</summary>
    public string Location { get; }

    /// <summary>The folder's own name; with it, <c>name/case</c> identifies a case among all folders.</summary>
    public string Name { get; }

    public GoldenManifest Manifest { get; }

    public FillRule Fill { get; }

    /// <exception cref="InvalidDataException">There is no such folder, or its manifest cannot be read.</exception>
    public static GoldenFolder Read(string path) => new(Path.GetFullPath(path));

    /// <summary>The folder and the case of an identity.</summary>
    public static (GoldenFolder Folder, GoldenCase Case) Find(string identity)
    {
        var parts = identity.Split('/', 2);
        var folder = All.FirstOrDefault(folder => folder.Name == parts[0])
            ?? throw new InvalidDataException($"No golden folder of this run is called '{parts[0]}'.");
        return (folder, folder.Case(parts[1]));
    }

    /// <summary>What <see cref="Find"/> takes.</summary>
    public string Identity(GoldenCase item) => $"{Name}/{item.Id}";

    public GoldenCase Case(string id) => _cases.TryGetValue(id, out var found)
        ? found
        : throw new InvalidDataException($"The golden manifest in '{Location}' has no case '{id}'.");

    public GoldenModuleSpec Module(string key) => _modules.TryGetValue(key, out var found)
        ? found
        : throw new InvalidDataException($"The golden manifest in '{Location}' has no module '{key}'.");

    /// <summary>The stored outputs of a case.</summary>
    public GoldenFile Outputs(GoldenCase item) =>
        _files.GetOrAdd(item.File, name => GoldenFile.Read(Path.Combine(Location, name)));

    private static string InTests(string name) => PythonInterpreter.FindAbove(Path.Combine("tests", name));
}

using ProjectedGan.Networks.Features;
using ProjectedGan.Torch;

namespace ProjectedGan.Networks.WeightFiles;

/// <summary>The folder in which imported weights live, one safetensors file an entry, named after the entry.</summary>
/// <param name="folder">Its path; made by the first import.</param>
public sealed class WeightStore(string folder)
{
    private const string Extension = ".safetensors";

    public string Folder { get; } = System.IO.Path.GetFullPath(folder);

    /// <summary>
    /// The user's store: <c>PGAN_WEIGHTS</c>; else <c>.cache/weights</c> in <c>PGAN_HOME</c>, which the launcher sets to the
    /// repository; else <c>pgan/weights</c> in the user's data folder (<c>XDG_DATA_HOME</c>, <c>~/.local/share</c>).
    /// </summary>
    public static WeightStore Default()
    {
        if (Environment.GetEnvironmentVariable("PGAN_WEIGHTS") is { Length: > 0 } named)
        {
            return new WeightStore(named);
        }
        if (Environment.GetEnvironmentVariable("PGAN_HOME") is { Length: > 0 } home)
        {
            return new WeightStore(System.IO.Path.Combine(home, ".cache", "weights"));
        }
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new WeightStore(System.IO.Path.Combine(data, "pgan", "weights"));
    }

    /// <summary>The file of an entry, whether it exists or not.</summary>
    /// <exception cref="WeightFileException">The name holds something else than letters, digits, '.', '_' and '-'.</exception>
    public string Path(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > 100 || name[0] == '.' || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || "._-".Contains(letter, StringComparison.Ordinal)))
        {
            throw new WeightFileException($"'{name}' is no name for weights; use letters, digits, '.', '_' and '-', for example my-weights.");
        }
        return System.IO.Path.Combine(Folder, name + Extension);
    }

    /// <summary>Whether there is an entry of the name.</summary>
    /// <exception cref="WeightFileException">The name is not allowed.</exception>
    public bool Contains(string name) => File.Exists(Path(name));

    /// <summary>Opens an entry. The caller disposes the result.</summary>
    /// <exception cref="WeightFileException">There is none (the message says how to get it), or its file is damaged.</exception>
    public IWeightSource Open(string name)
    {
        var path = Path(name);
        return File.Exists(path)
            ? WeightFile.Open(path)
            : throw new WeightFileException(
                $"There are no weights '{name}' in '{Folder}'; import them with: pgan weights import FILE --network {name}");
    }

    /// <summary>Imports a published file (see <see cref="WeightImport.Import"/>) as an entry, by default named after the network.</summary>
    /// <exception cref="UsageException">The network's name is unknown.</exception>
    /// <exception cref="WeightFileException">The file cannot be read, is not of the network, or the store cannot be written.</exception>
    public StoredWeights Import(string source, string network, string? name = null)
    {
        var path = Path(name ?? WeightImport.Find(network).Name);
        try
        {
            Directory.CreateDirectory(Folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WeightFileException($"The weight store '{Folder}' cannot be made: {error.Message}");
        }
        WeightImport.Import(source, path, network);
        return Describe(path);
    }

    /// <summary>Loads a network from the entry of its name.</summary>
    /// <exception cref="WeightFileException">There is no such entry (the message says how to get it), or it does not fit.</exception>
    public void Load(FrozenNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var source = Open(network.Name);
        StateDict.Load(network, source);
    }

    /// <summary>All entries by name. One that cannot be read is listed with the reason.</summary>
    public IReadOnlyList<StoredWeights> List() => !Directory.Exists(Folder)
        ? []
        : [.. Directory.EnumerateFiles(Folder, "*" + Extension).Order(StringComparer.Ordinal).Select(Describe)];

    private static StoredWeights Describe(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        try
        {
            return new StoredWeights(name, path, WeightInspection.Describe(path), Problem: null);
        }
        catch (WeightFileException error)
        {
            return new StoredWeights(name, path, Description: null, error.Message);
        }
    }
}

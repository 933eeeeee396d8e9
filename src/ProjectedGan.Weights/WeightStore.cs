using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights;

/// <summary>The folder in which imported weights live, one safetensors file an entry, named after the entry.</summary>
/// <param name="folder">Its path; made by the first import.</param>
/// <param name="importer">Asked for entries that are not there. Null where nobody can bring any.</param>
public sealed class WeightStore(string folder, IWeightImporter? importer = null)
{
    private const string Extension = ".safetensors";

    public string Folder { get; } = System.IO.Path.GetFullPath(folder);

    /// <summary>
    /// The user's store: <c>PGAN_WEIGHTS</c>; else <c>.cache/weights</c> in <c>PGAN_HOME</c>, which the launcher sets to the
    /// repository; else <c>pgan/weights</c> in the user's data folder (<c>XDG_DATA_HOME</c>, <c>~/.local/share</c>).
    /// </summary>
    public static WeightStore Default(IWeightImporter? importer = null)
    {
        if (Variable("PGAN_WEIGHTS") is { } named)
        {
            return new WeightStore(named, importer);
        }
        if (Variable("PGAN_HOME") is { } home)
        {
            return new WeightStore(System.IO.Path.Combine(home, ".cache", "weights"), importer);
        }
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new WeightStore(System.IO.Path.Combine(data, "pgan", "weights"), importer);
    }

    /// <summary>The file of an entry, whether it exists or not.</summary>
    /// <exception cref="WeightFileException">The name holds something else than letters, digits, '.', '_' and '-'.</exception>
    public string Path(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsName(name))
        {
            throw new WeightFileException($"'{name}' is no name for weights; use letters, digits, '.', '_' and '-', for example my-weights.");
        }
        return System.IO.Path.Combine(Folder, name + Extension);
    }

    /// <summary>Whether there is an entry of the name.</summary>
    /// <exception cref="WeightFileException">The name is not allowed.</exception>
    public bool Contains(string name) => File.Exists(Path(name));

    /// <summary>The file of what a user calls weights: a file or folder by its path, else an entry by its name; null where there is neither.</summary>
    /// <exception cref="WeightFileException">A package has the weights and they cannot be imported.</exception>
    public string? Locate(string weights) => System.IO.Path.Exists(weights) ? weights : Find(weights);

    /// <summary>The same, where there must be one.</summary>
    /// <param name="field">What names the weights, for the message.</param>
    /// <param name="weights">A path or a name.</param>
    /// <exception cref="WeightFileException">There is neither a file nor an entry; the message names the field and says what to do.</exception>
    public string Require(string field, string weights) => Locate(weights)
        ?? throw new WeightFileException($"{field} is '{weights}': there is no such file, and '{Folder}' has no weights of that name. "
            + "Give the path of a weights file, or import one with: pgan weights import FILE --network NAME");

    /// <summary>Opens an entry. The caller disposes the result.</summary>
    /// <exception cref="WeightFileException">There is none (the message says how to get it), or its file is damaged.</exception>
    public IWeightSource Open(string name) => WeightFile.Open(RequireEntry(name));

    /// <summary>Makes the folder if it is not there.</summary>
    /// <exception cref="WeightFileException">It cannot be made.</exception>
    public void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(Folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WeightFileException($"The weight store '{Folder}' cannot be made: {error.Message}");
        }
    }

    /// <summary>An entry that exists, brought by the importer if need be.</summary>
    /// <exception cref="WeightFileException">There is none; the message says how to get it.</exception>
    public string RequireEntry(string name) => Find(name)
        ?? throw new WeightFileException($"There are no weights '{name}' in '{Folder}'; import them with: pgan weights import FILE --network {name}"
            + (importer?.IsPublished(name) == true ? $", or fetch them with: pgan weights pull {name}" : ""));

    /// <summary>What an entry holds. One that cannot be read has the reason.</summary>
    /// <exception cref="WeightFileException">The name is not allowed.</exception>
    public StoredWeights Describe(string name) => DescribeFile(Path(name));

    /// <summary>All entries by name, whatever the names. One that cannot be read is listed with the reason.</summary>
    public IReadOnlyList<StoredWeights> List() => !Directory.Exists(Folder)
        ? []
        : [.. Directory.EnumerateFiles(Folder, "*" + Extension).Order(StringComparer.Ordinal).Select(DescribeFile)];

    private static StoredWeights DescribeFile(string path)
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

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static bool IsName(string text) => text.Length is > 0 and <= 100 && text[0] != '.'
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "._-".Contains(letter, StringComparison.Ordinal));

    private string? Find(string name) => IsName(name) && (Contains(name) || importer?.TryImport(this, name) == true) ? Path(name) : null;
}

/// <summary>Brings entries into a <see cref="WeightStore"/> that lacks them; it knows the networks, which the store does not.</summary>
public interface IWeightImporter
{
    /// <summary>Imports an entry from a file that is at hand.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="WeightFileException">There is one, and it cannot be imported.</exception>
    bool TryImport(WeightStore store, string name);

    /// <summary>Whether the weights can be fetched from their publisher.</summary>
    bool IsPublished(string name);
}

/// <summary>One entry of a <see cref="WeightStore"/>.</summary>
/// <param name="Name">The entry's name.</param>
/// <param name="Path">Its file.</param>
/// <param name="Description">What it holds; null where the file cannot be read.</param>
/// <param name="Problem">Why it cannot be read; null where it can.</param>
public sealed record StoredWeights(string Name, string Path, WeightDescription? Description, string? Problem)
{
    /// <summary>The network that the weights belong to, as the import recorded it; null where it did not.</summary>
    public string? Network => Description?.Metadata.GetValueOrDefault(WeightMetadata.Network);
}

/// <summary>A weights file at its publisher's public address.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Sha256Start">
/// The first digits of its SHA-256, 8 or more: publishers write them into the file's name or address. Null where one does not.
/// </param>
public sealed record PublishedFile(Uri Address, string? Sha256Start)
{
    /// <summary>The file's name.</summary>
    public string Name => Path.GetFileName(Address.AbsolutePath);
}

/// <summary>Looks into weight files without loading them.</summary>
public static class WeightInspection
{
    /// <summary>Describes a file of any format (see <see cref="WeightFile.Open"/>, also for <paramref name="part"/>).</summary>
    /// <exception cref="WeightFileException">The file cannot be read.</exception>
    public static WeightDescription Describe(string path, string? part = null)
    {
        using var source = WeightFile.Open(path, part);
        var isFile = File.Exists(path);
        return new(path, source.Format, isFile ? FileRange.Length(path) : 0, isFile ? WeightFile.Sha256(path) : "", source.Tensors, source.Metadata);
    }
}

/// <summary>What a weight file holds.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Format">In words, <c>safetensors</c> for example.</param>
/// <param name="FileBytes">Size of the file; 0 for a folder.</param>
/// <param name="Sha256">Of the file, lower-case hexadecimal digits; empty for a folder.</param>
/// <param name="Tensors">In the file's order.</param>
/// <param name="Metadata">Free text of the file about itself.</param>
public sealed record WeightDescription(
    string Path, string Format, long FileBytes, string Sha256, IReadOnlyList<WeightInfo> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Numbers in all floating-point tensors, batch statistics included.</summary>
    public long Parameters => Tensors.Where(tensor => tensor.Type.IsFloatingPoint()).Sum(tensor => tensor.Elements);
}

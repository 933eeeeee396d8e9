namespace ProjectedGan.Data.Datasets;

/// <summary>Where <see cref="DatasetCreator"/> takes images from.</summary>
/// <param name="Path">A folder, a zip, or a .tgz package.</param>
/// <param name="Includes">Which images to take, by their path inside the source with forward slashes; null for all.</param>
public sealed record DatasetSource(string Path, Func<string, bool>? Includes = null)
{
    /// <summary>Only images whose file name without folder and extension is listed.</summary>
    /// <exception cref="DatasetException">Raised on creation when a listed name is not in the source.</exception>
    public static DatasetSource Named(string path, IEnumerable<string> names)
    {
        var listed = names.ToHashSet(StringComparer.Ordinal);
        return new DatasetSource(path, name => listed.Contains(System.IO.Path.GetFileNameWithoutExtension(name))) { RequiredNames = listed };
    }

    /// <summary>File names without extension that must all be found.</summary>
    internal IReadOnlySet<string>? RequiredNames { get; private init; }
}

/// <summary>A class of a dataset.</summary>
/// <param name="Number">Its label.</param>
/// <param name="Name">What dataset.json calls it; null where it does not.</param>
/// <param name="Images">How many images have it.</param>
public sealed record DatasetClass(int Number, string? Name, int Images)
{
    /// <summary>All classes up to the largest label.</summary>
    internal static DatasetClass[] Count(IEnumerable<int> labels, IReadOnlyList<string> names)
    {
        var counts = labels.CountBy(label => label).ToDictionary();
        return counts.Count == 0
            ? []
            : [.. Enumerable.Range(0, counts.Keys.Max() + 1)
                .Select(number => new DatasetClass(number, names.ElementAtOrDefault(number), counts.GetValueOrDefault(number)))];
    }
}

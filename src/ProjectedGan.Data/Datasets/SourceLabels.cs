using System.Text.RegularExpressions;

namespace ProjectedGan.Data.Datasets;

/// <summary>Labels of the chosen images of a source.</summary>
internal sealed partial class SourceLabels
{
    private const int LongestName = 255;
    private readonly int[]? _labels;
    private readonly IReadOnlyList<string> _classNames;
    private readonly bool _renumbers;

    private SourceLabels(int[]? labels, IReadOnlyList<string> classNames, bool renumbers)
    {
        _labels = labels;
        _classNames = classNames;
        _renumbers = renumbers;
    }

    /// <param name="position">Position among the chosen images.</param>
    public int? Of(int position) => _labels?[position];

    public static SourceLabels Find(IImageSource images, int[] chosen, LabelSource from)
    {
        if (from == LabelSource.SubFolder)
            return FromFolders(images, chosen);
        return from == LabelSource.Existing && LabelFile.Read(images) is { } all
            ? new SourceLabels(Array.ConvertAll(chosen, i => all.Numbers[i]), all.ClassNames, renumbers: false)
            : new SourceLabels(null, [], renumbers: false);
    }

    /// <summary>
    /// The classes of the images that could be used. Those of folders are numbered anew where one has none left; given numbers stay.
    /// </summary>
    /// <param name="used">Labels of those images.</param>
    public WrittenClasses Settle(IReadOnlyCollection<int> used)
    {
        if (_labels is null)
            return new WrittenClasses([], [], new Dictionary<int, int>());
        var left = used.ToHashSet();
        var lost = _labels.Distinct().Where(label => !left.Contains(label)).Order().ToArray();
        var kept = _renumbers ? [.. left.Order()] : Enumerable.Range(0, left.Max() + 1).ToArray();
        var numbers = kept.Select((label, number) => (label, number)).ToDictionary(item => item.label, item => item.number);
        string[] names = [.. kept.TakeWhile(label => label < _classNames.Count).Select(label => _classNames[label])];
        return new WrittenClasses(
            DatasetClass.Count(used.Select(label => numbers[label]), names),
            Array.ConvertAll(lost, label => _classNames.ElementAtOrDefault(label) ?? $"{label}"),
            numbers);
    }

    private static SourceLabels FromFolders(IImageSource images, int[] chosen)
    {
        var folders = Array.ConvertAll(chosen, i => images.Names[i].Split('/')[..^1]);
        var shared = 0;
        while (folders.All(folder => folder.Length > shared && folder[shared] == folders[0][shared]))
            shared++;
        var without = Array.FindIndex(folders, folder => folder.Length <= shared);
        if (without >= 0)
            throw new DatasetException(
                $"'{images.Path}': image '{images.Names[chosen[without]]}' is in no class folder; labels by folder need at least two "
                + "folders side by side, and every image in one of them.");
        string[] names = [.. folders.Select(folder => folder[shared]).Distinct()
            .OrderBy(SortKey, StringComparer.Ordinal).ThenBy(name => name, StringComparer.Ordinal)];
        var numbers = names.Select((name, number) => (name, number)).ToDictionary(item => item.name, item => item.number);
        return new SourceLabels(Array.ConvertAll(folders, folder => numbers[folder[shared]]), names, renumbers: true);
    }

    // Numbers of one length sort as text does: folder 10 comes after folder 2.
    private static string SortKey(string name) => Digits().Replace(name, digits => digits.Value.TrimStart('0').PadLeft(LongestName, '0'));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}

/// <summary>Where a new dataset's labels come from.</summary>
public enum LabelSource
{
    /// <summary>The source's own dataset.json, where it has one.</summary>
    Existing,

    /// <summary>
    /// The first folder in which images differ; classes are numbered in order of folder names, 2 before 10, without those that lost
    /// every image.
    /// </summary>
    SubFolder,

    /// <summary>No labels.</summary>
    None,
}

/// <summary>The classes of a dataset that is being written.</summary>
/// <param name="Classes">All of them, with how many images they have.</param>
/// <param name="Lost">Names of those of which no image could be used.</param>
/// <param name="Numbers">Their numbers by the source's.</param>
internal sealed record WrittenClasses(
    IReadOnlyList<DatasetClass> Classes, IReadOnlyList<string> Lost, IReadOnlyDictionary<int, int> Numbers);

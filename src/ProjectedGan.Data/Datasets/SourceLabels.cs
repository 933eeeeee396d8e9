namespace ProjectedGan.Data.Datasets;

/// <summary>Labels of the chosen images of a source.</summary>
internal sealed class SourceLabels
{
    private readonly int[]? _labels;

    private SourceLabels(int[]? labels, string[] classNames)
    {
        _labels = labels;
        ClassNames = classNames;
    }

    public IReadOnlyList<string> ClassNames { get; }

    /// <param name="position">Position among the chosen images.</param>
    public int? Of(int position) => _labels?[position];

    public static SourceLabels Find(IImageSource images, int[] chosen, LabelSource from)
    {
        if (from == LabelSource.SubFolder)
            return FromFolders(images, chosen);
        var all = from == LabelSource.Existing ? LabelFile.Read(images) : null;
        return new SourceLabels(all is null ? null : Array.ConvertAll(chosen, i => all[i]), []);
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
        var names = folders.Select(folder => folder[shared]).Distinct().Order(StringComparer.Ordinal).ToArray();
        return new SourceLabels(Array.ConvertAll(folders, folder => Array.BinarySearch(names, folder[shared], StringComparer.Ordinal)), names);
    }
}

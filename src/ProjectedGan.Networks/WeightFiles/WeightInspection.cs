namespace ProjectedGan.Networks.WeightFiles;

/// <summary>Looks into weight files without loading them.</summary>
public static class WeightInspection
{
    /// <summary>Describes a file of any format (see <see cref="WeightFile.Open"/>, also for <paramref name="part"/>).</summary>
    /// <exception cref="WeightFileException">The file cannot be read.</exception>
    public static WeightDescription Describe(string path, string? part = null)
    {
        using var source = WeightFile.Open(path, part);
        var file = new FileInfo(path);
        return new(path, source.Format, file.Exists ? file.Length : 0, file.Exists ? WeightFile.Sha256(path) : "", source.Tensors, source.Metadata);
    }
}

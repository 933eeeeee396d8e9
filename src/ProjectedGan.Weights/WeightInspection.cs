using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights;

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

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

using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights;

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

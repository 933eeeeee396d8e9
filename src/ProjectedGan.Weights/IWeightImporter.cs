using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights;

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

namespace ProjectedGan.Data.Datasets;

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

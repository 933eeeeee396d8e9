namespace ProjectedGan.Data.Datasets;

/// <summary>The classes of a dataset that is being written.</summary>
/// <param name="Classes">All of them, with how many images they have.</param>
/// <param name="Lost">Names of those of which no image could be used.</param>
/// <param name="Numbers">Their numbers by the source's.</param>
internal sealed record WrittenClasses(
    IReadOnlyList<DatasetClass> Classes, IReadOnlyList<string> Lost, IReadOnlyDictionary<int, int> Numbers);

namespace ProjectedGan.Data.Datasets;

/// <summary>What <see cref="DatasetCreator"/> has written.</summary>
/// <param name="Path">The zip.</param>
/// <param name="Count">Images in it.</param>
/// <param name="ClassNames">Folder names by class number, where labels came from folders; else empty.</param>
/// <param name="Skipped">Images that were left out, in order of names.</param>
public sealed record CreatedDataset(string Path, int Count, IReadOnlyList<string> ClassNames, IReadOnlyList<SkippedImage> Skipped);

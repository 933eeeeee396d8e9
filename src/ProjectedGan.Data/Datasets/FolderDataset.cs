namespace ProjectedGan.Data.Datasets;

/// <summary>A folder of images (<see cref="ImageNames"/>) in any sub-folders and an optional dataset.json with labels.</summary>
/// <param name="path">The folder.</param>
/// <param name="options">Channels and cache; null for the defaults.</param>
/// <exception cref="DatasetException">It is missing, empty or unfit for training.</exception>
public sealed class FolderDataset(string path, DatasetOptions? options = null)
    : ImageDataset(new FolderImageSource(path), options ?? new DatasetOptions());

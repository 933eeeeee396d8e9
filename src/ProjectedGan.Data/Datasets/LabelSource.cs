namespace ProjectedGan.Data.Datasets;

/// <summary>Where a new dataset's labels come from.</summary>
public enum LabelSource
{
    /// <summary>The source's own dataset.json, where it has one.</summary>
    Existing,

    /// <summary>
    /// The first folder in which images differ; classes are numbered in order of folder names, 2 before 10, without those that lost
    /// every image.
    /// </summary>
    SubFolder,

    /// <summary>No labels.</summary>
    None,
}

namespace ProjectedGan.Data.Datasets;

/// <summary>What <see cref="DatasetCreator"/> has written.</summary>
public sealed record CreatedDataset
{
    /// <summary>The zip.</summary>
    public required string Path { get; init; }

    /// <summary>Images in it.</summary>
    public required int Count { get; init; }

    /// <summary>Its classes; empty without labels.</summary>
    public required IReadOnlyList<DatasetClass> Classes { get; init; }

    /// <summary>Names of classes of which no image could be used.</summary>
    public required IReadOnlyList<string> LostClasses { get; init; }

    /// <summary>Images that could not be used, in order of names.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    /// <summary>Files of the source that are no images.</summary>
    public required LeftOutFiles LeftOut { get; init; }

    /// <summary>Images that had fewer pixels than the dataset's.</summary>
    public required EnlargedImages Enlarged { get; init; }
}

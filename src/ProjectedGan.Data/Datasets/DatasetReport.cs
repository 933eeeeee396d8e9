namespace ProjectedGan.Data.Datasets;

/// <summary>What <see cref="DatasetInspector"/> found.</summary>
public sealed record DatasetReport
{
    public required string Path { get; init; }

    /// <summary>Image files, damaged ones included.</summary>
    public required int Count { get; init; }

    /// <summary>Images of each kind, the most frequent first.</summary>
    public required IReadOnlyList<ImageKind> Kinds { get; init; }

    /// <summary>Its classes; empty without labels.</summary>
    public required IReadOnlyList<DatasetClass> Classes { get; init; }

    /// <summary>Files that are no images.</summary>
    public required LeftOutFiles LeftOut { get; init; }

    /// <summary>As <see cref="IImageDataset.Hash"/>.</summary>
    public required string Hash { get; init; }

    /// <summary>Mean red, green and blue, 0 to 255, over the images looked at; transparent pixels on white. Null where none could be decoded.</summary>
    public required IReadOnlyList<double>? MeanColor { get; init; }

    /// <summary>Images that were decoded for the mean: all of them when verifying, else a spread sample.</summary>
    public required int Decoded { get; init; }

    /// <summary>Images that cannot be read, and why.</summary>
    public required IReadOnlyList<SkippedImage> Damaged { get; init; }

    /// <summary>Why it cannot be trained on as it is; null when it can.</summary>
    public required string? TrainingProblem { get; init; }
}

namespace ProjectedGan.Data.Datasets;

/// <summary>How much <see cref="DatasetInspector"/> reads.</summary>
public enum InspectionDepth
{
    /// <summary>All headers, and the pixels of up to 256 images.</summary>
    Headers,

    /// <summary>All pixels, and the checksums of a zip.</summary>
    Verify,
}

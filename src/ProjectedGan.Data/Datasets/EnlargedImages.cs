namespace ProjectedGan.Data.Datasets;

/// <summary>Images that were enlarged to the resolution of a dataset, mirrored copies aside.</summary>
/// <param name="Count">How many.</param>
/// <param name="Smallest">The one with the fewest pixels across: name and size; null where there is none.</param>
public sealed record EnlargedImages(int Count, string? Smallest);

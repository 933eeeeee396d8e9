namespace ProjectedGan.Data.Datasets;

/// <summary>An image that was left out, and why.</summary>
public sealed record SkippedImage(string Name, string Reason);

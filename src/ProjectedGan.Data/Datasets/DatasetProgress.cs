namespace ProjectedGan.Data.Datasets;

/// <summary>How far <see cref="DatasetCreator"/> is: images looked at, of how many, and how many of them were skipped.</summary>
public readonly record struct DatasetProgress(int Done, int Total, int Skipped);

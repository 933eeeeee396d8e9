namespace ProjectedGan.Hosting.Artifacts;

/// <summary>How far a transfer is.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Bytes">Bytes done, those of earlier tries included.</param>
/// <param name="Total">Bytes of the whole.</param>
public readonly record struct ArtifactProgress(string Name, long Bytes, long Total);

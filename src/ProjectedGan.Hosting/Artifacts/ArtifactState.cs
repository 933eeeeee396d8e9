namespace ProjectedGan.Hosting.Artifacts;

/// <summary>How much of an artifact is here.</summary>
/// <param name="Complete">Everything, and checked.</param>
/// <param name="Bytes">Bytes of the whole or of an interrupted transfer.</param>
public readonly record struct ArtifactState(bool Complete, long Bytes);

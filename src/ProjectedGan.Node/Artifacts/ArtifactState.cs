namespace ProjectedGan.Node.Artifacts;

/// <summary>How much of an artifact is here.</summary>
/// <param name="Complete">Everything, and checked.</param>
/// <param name="Bytes">Bytes of the whole or of an interrupted transfer.</param>
internal readonly record struct ArtifactState(bool Complete, long Bytes);

namespace ProjectedGan.Training.Checkpoints;

/// <summary>One file of a checkpoint, as its manifest describes it.</summary>
/// <param name="Bytes">The file's length.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record CheckpointFile(long Bytes, string Sha256);

namespace ProjectedGan.Training.Checkpoints;

/// <summary>A whole checkpoint on the disk; its bytes were checked when it was opened.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Manifest">What it says about itself.</param>
public sealed record Checkpoint(string Folder, CheckpointManifest Manifest)
{
    /// <summary>The path of one of its files.</summary>
    public string File(string name) => Path.Combine(Folder, name);
}

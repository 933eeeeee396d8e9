namespace ProjectedGan.Hosting.Artifacts;

/// <summary>Bounds of a store.</summary>
public sealed record ArtifactStoreOptions
{
    /// <summary>Bytes of the largest file that is taken. Default 256 GiB, more than the largest image datasets in use.</summary>
    public long LargestFile { get; init; } = 256L << 30;

    /// <summary>Bytes that stay free on the disk: the coordinator's database must be able to write. Default 256 MiB.</summary>
    public long ReservedBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of all files; those that were used longest ago and are not in use go when another one comes. Default: no bound, for files that exist nowhere else.</summary>
    public long MostBytes { get; init; } = long.MaxValue;
}

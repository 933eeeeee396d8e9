namespace ProjectedGan.Coordinator.Experiments;

/// <summary>A file among the coordinator's artifacts.</summary>
[GenerateSerializer, Immutable]
public sealed record ArtifactReference
{
    /// <summary>The file's name, without folders.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>SHA-256, 64 lower-case hexadecimal digits.</summary>
    [Id(1)]
    public required string Digest { get; init; }

    [Id(2)]
    public long Bytes { get; init; }
}

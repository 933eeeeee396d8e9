namespace ProjectedGan.Weights.Sources;

/// <summary>Keys under which imported weights record where they come from, in the safetensors metadata.</summary>
public static class WeightMetadata
{
    /// <summary>The network's name.</summary>
    public const string Network = "network";

    /// <summary>The package or file that the weights were taken from.</summary>
    public const string Source = "source";

    /// <summary>The package's version.</summary>
    public const string Version = "version";

    /// <summary>The package's licence.</summary>
    public const string Licence = "licence";

    /// <summary>SHA-256 of the source file.</summary>
    public const string SourceSha256 = "source_sha256";

    /// <summary>SHA-256 of the weights' stored bytes inside of the source.</summary>
    public const string WeightsSha256 = "weights_sha256";
}

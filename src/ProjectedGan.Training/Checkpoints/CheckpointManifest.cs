using System.Text.Json;
using ProjectedGan.Training.Iteration;

namespace ProjectedGan.Training.Checkpoints;

/// <summary>
/// What <c>state.json</c> says about a checkpoint. Random streams are derived from the seed and the iteration, so that no generator
/// states are needed; the position in the data set is iteration × batch.
/// </summary>
public sealed record CheckpointManifest
{
    /// <summary>The format that this code writes and reads.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public int Format { get; init; } = CurrentFormat;

    /// <summary>Hash of the settings that determine the result.</summary>
    public required string SpecHash { get; init; }

    /// <summary>Those settings by name, so that a mismatch can be named.</summary>
    public required IReadOnlyDictionary<string, string> Spec { get; init; }

    /// <summary>The data set's own hash; null where the caller fed tensors.</summary>
    public string? DatasetHash { get; init; }

    /// <summary>Hash of the frozen feature network's tensors.</summary>
    public required string FeatureNetworkHash { get; init; }

    /// <summary>The weights file it came from, for a reader; the hash decides.</summary>
    public string FeatureNetworkWeights { get; init; } = "";

    /// <summary>Completed iterations.</summary>
    public required long Iteration { get; init; }

    /// <summary>Real images shown.</summary>
    public required long ImagesSeen { get; init; }

    /// <summary>Adam's step counters; they differ from the iteration where updates were skipped.</summary>
    public required long GeneratorSteps { get; init; }

    public required long DiscriminatorSteps { get; init; }

    /// <summary>Gradient elements that were not finite, over the whole run.</summary>
    public long NonFiniteElements { get; init; }

    /// <summary>Time spent training, over all sessions of the run, in seconds.</summary>
    public double TrainingSeconds { get; init; }

    /// <summary>What was learned beside weights; null in checkpoints from before there was any.</summary>
    public Adaptation? Adaptation { get; init; }

    /// <summary>Every other file of the folder.</summary>
    public IReadOnlyDictionary<string, CheckpointFile> Files { get; init; } = new Dictionary<string, CheckpointFile>();

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads a manifest; null where the bytes are none of this format.</summary>
    internal static CheckpointManifest? Parse(byte[] bytes)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<CheckpointManifest>(bytes, Json);
            return manifest is { Format: CurrentFormat } ? manifest : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One file of a checkpoint, as its manifest describes it.</summary>
/// <param name="Bytes">The file's length.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record CheckpointFile(long Bytes, string Sha256);

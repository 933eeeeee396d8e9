namespace ProjectedGan.Training.Checkpoints;

/// <summary>Names in a checkpoint. Tensors have the reference's state_dict names, so that weights travel both ways.</summary>
public static class CheckpointFiles
{
    /// <summary>The generator as trained: parameters and buffers.</summary>
    public const string Generator = "generator.safetensors";

    /// <summary>The generator's moving average with the generator's buffers: what samples are drawn from.</summary>
    public const string Average = "generator_ema.safetensors";

    /// <summary>The trained half of the reference's discriminator.</summary>
    public const string Discriminator = "discriminator.safetensors";

    /// <summary>The random projections of its frozen half; the feature network itself is named by hash in the manifest.</summary>
    public const string Projection = "projection.safetensors";

    /// <summary>Adam's moments of both networks, by parameter.</summary>
    public const string Optimizer = "optimizer.safetensors";

    internal const string DiscriminatorPrefix = "discriminator.";
    internal const string ProjectorPrefix = "feature_network.";
    internal const string GeneratorMoments = "generator.";
    internal const string DiscriminatorMoments = "discriminator.";
    internal const string FirstMoment = ".exp_avg";
    internal const string SecondMoment = ".exp_avg_sq";

    internal static bool IsProjection(string name) => name.StartsWith("scratch.", StringComparison.Ordinal);
}

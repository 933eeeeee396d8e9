namespace ProjectedGan.Specification;

/// <summary>The frozen feature network.</summary>
public sealed record FeatureSpec
{
    /// <summary>Architecture. Default <c>tf_efficientnet_lite0</c> (the authors' code; the paper has lite1).</summary>
    public FeatureNetworkKind Network { get; init; } = FeatureNetworkKind.EfficientNetLite0;

    /// <summary>
    /// Weights: a file (safetensors, .pth, a TF.js package), the name of imported ones (<c>pgan weights list</c>), or <c>random</c> for weights drawn from the seed, against which a
    /// generator learns next to nothing. Required to train.
    /// </summary>
    [OutsideSpecHash("checkpoints carry the hash of the weights themselves")]
    public string Weights { get; init; } = "";

    /// <summary>
    /// Side in pixels to which images are resized before the network, a multiple of 32 from 128 to 1024; 0 is the reference's rule:
    /// 224 when the resolution is below 224, else the resolution itself. Default 0.
    /// </summary>
    public int InputSize { get; init; }

    /// <summary>The value of <see cref="Weights"/> that asks for a network drawn from the seed.</summary>
    public const string RandomWeights = "random";

    /// <summary>The side in pixels that the network sees.</summary>
    /// <param name="resolution">The training resolution in pixels.</param>
    public int EffectiveInputSize(int resolution) => InputSize != 0 ? InputSize : resolution < 224 ? 224 : resolution;
}

using System.Text.Json.Serialization;

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

/// <summary>The frozen network whose features the discriminators see.</summary>
public enum FeatureNetworkKind
{
    /// <summary>EfficientNet-lite0 with timm's parameter names (the authors' code).</summary>
    [JsonStringEnumMemberName("tf_efficientnet_lite0")]
    EfficientNetLite0,

    /// <summary>EfficientNet-lite1 with timm's parameter names (the paper).</summary>
    [JsonStringEnumMemberName("tf_efficientnet_lite1")]
    EfficientNetLite1,

    /// <summary>EfficientNet-lite2 with timm's parameter names.</summary>
    [JsonStringEnumMemberName("tf_efficientnet_lite2")]
    EfficientNetLite2,

    /// <summary>EfficientNet-lite3 with timm's parameter names.</summary>
    [JsonStringEnumMemberName("tf_efficientnet_lite3")]
    EfficientNetLite3,

    /// <summary>EfficientNet-lite4 with timm's parameter names.</summary>
    [JsonStringEnumMemberName("tf_efficientnet_lite4")]
    EfficientNetLite4,

    /// <summary>MobileNetV2 in Keras' layout.</summary>
    [JsonStringEnumMemberName("mobilenet_v2")]
    MobileNetV2,

    /// <summary>ResNet-18 with torchvision's parameter names.</summary>
    [JsonStringEnumMemberName("resnet18")]
    ResNet18,

    /// <summary>ResNet-50 with torchvision's parameter names.</summary>
    [JsonStringEnumMemberName("resnet50")]
    ResNet50,

    /// <summary>The image tower of CLIP's ResNet-50 with OpenAI's parameter names.</summary>
    [JsonStringEnumMemberName("clip_resnet50")]
    ClipResNet50,

    /// <summary>ViT-base on patches of 16 pixels with timm's parameter names.</summary>
    [JsonStringEnumMemberName("vit_base_patch16_224")]
    VitBase,

    /// <summary>DeiT-base distilled on patches of 16 pixels with timm's parameter names.</summary>
    [JsonStringEnumMemberName("deit_base_distilled_patch16_224")]
    DeitBaseDistilled,
}

using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

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

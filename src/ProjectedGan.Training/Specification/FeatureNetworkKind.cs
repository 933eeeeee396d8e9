using System.Text.Json.Serialization;

namespace ProjectedGan.Training.Specification;

/// <summary>The frozen network whose features the discriminators see.</summary>
public enum FeatureNetworkKind
{
    /// <summary>EfficientNet-lite0 with timm's parameter names (the authors' code).</summary>
    [JsonStringEnumMemberName("tf_efficientnet_lite0")]
    EfficientNetLite0,

    /// <summary>EfficientNet-lite1 with timm's parameter names (the paper).</summary>
    [JsonStringEnumMemberName("tf_efficientnet_lite1")]
    EfficientNetLite1,

    /// <summary>MobileNetV2 in Keras' layout.</summary>
    [JsonStringEnumMemberName("mobilenet_v2")]
    MobileNetV2,
}

using ProjectedGan.Foundation;

namespace ProjectedGan.Networks.Features;

/// <summary>The feature networks by name.</summary>
public static class FeatureNetworks
{
    private static readonly Dictionary<string, Func<FeatureNetwork>> Factories = new()
    {
        ["tf_efficientnet_lite0"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite0),
        ["tf_efficientnet_lite1"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite1),
        ["tf_efficientnet_lite2"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite2),
        ["tf_efficientnet_lite3"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite3),
        ["tf_efficientnet_lite4"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite4),
        ["mobilenet_v2"] = () => new MobileNetV2(),
        ["resnet18"] = () => new ResNet(ResNetVariant.ResNet18),
        ["resnet50"] = () => new ResNet(ResNetVariant.ResNet50),
        ["clip_resnet50"] = () => new ClipResNet50(),
        ["vit_base_patch16_224"] = () => new VisionTransformer(VisionTransformerVariant.VitBase),
        ["deit_base_distilled_patch16_224"] = () => new VisionTransformer(VisionTransformerVariant.DeitBaseDistilled),
    };

    /// <summary>The names that <see cref="Create"/> takes.</summary>
    public static IReadOnlyCollection<string> Names => Factories.Keys;

    /// <summary>Builds a feature network without weights.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="UsageException">The name is unknown.</exception>
    public static FeatureNetwork Create(string name) => Factories.TryGetValue(name, out var factory)
        ? factory()
        : throw new UsageException($"Unknown feature network '{name}'; use one of {string.Join(", ", Names)}.");
}

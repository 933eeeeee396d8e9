using ProjectedGan.Torch;

namespace ProjectedGan.Networks.Features;

/// <summary>The feature networks by name.</summary>
public static class FeatureNetworks
{
    private static readonly Dictionary<string, Func<FeatureNetwork>> Factories = new()
    {
        ["tf_efficientnet_lite0"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite0),
        ["tf_efficientnet_lite1"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite1),
        ["mobilenet_v2"] = () => new MobileNetV2(),
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

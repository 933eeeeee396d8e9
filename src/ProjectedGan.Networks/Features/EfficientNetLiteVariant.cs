namespace ProjectedGan.Networks.Features;

/// <summary>Which EfficientNet-lite. Their stages have the same channels; lite1 has more blocks in the middle stages.</summary>
public enum EfficientNetLiteVariant
{
    /// <summary>timm's <c>tf_efficientnet_lite0</c>, which the paper's authors' code uses.</summary>
    Lite0,

    /// <summary>timm's <c>tf_efficientnet_lite1</c>, which the paper names.</summary>
    Lite1,
}

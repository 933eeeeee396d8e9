namespace ProjectedGan.Networks.Features;

/// <summary>Which EfficientNet-lite: each has more or wider blocks in its middle stages than the one before.</summary>
public enum EfficientNetLiteVariant
{
    /// <summary>timm's <c>tf_efficientnet_lite0</c>, which the paper's authors' code uses.</summary>
    Lite0,

    /// <summary>timm's <c>tf_efficientnet_lite1</c>, which the paper names.</summary>
    Lite1,

    /// <summary>timm's <c>tf_efficientnet_lite2</c>.</summary>
    Lite2,

    /// <summary>timm's <c>tf_efficientnet_lite3</c>.</summary>
    Lite3,

    /// <summary>timm's <c>tf_efficientnet_lite4</c>.</summary>
    Lite4,
}

namespace ProjectedGan.Networks.Features;

/// <summary>Which residual network.</summary>
public enum ResNetVariant
{
    /// <summary>torchvision's <c>resnet18</c>: eight blocks of two 3×3 convolutions.</summary>
    ResNet18,

    /// <summary>torchvision's <c>resnet50</c>: sixteen blocks of 1×1, 3×3 and 1×1 convolutions.</summary>
    ResNet50,

    /// <summary>ResNet-50 as SwAV trained it, without labels (Caron et al. 2020).</summary>
    SwavResNet50,
}

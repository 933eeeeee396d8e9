namespace ProjectedGan.Networks.Features;

/// <summary>Which vision transformer; both have twelve blocks of 768 channels on patches of 16×16 pixels.</summary>
public enum VisionTransformerVariant
{
    /// <summary>timm's <c>vit_base_patch16_224</c> (Dosovitskiy et al. 2021).</summary>
    VitBase,

    /// <summary>timm's <c>deit_base_distilled_patch16_224</c> (Touvron et al. 2021), with a token for distillation.</summary>
    DeitBaseDistilled,
}

using ProjectedGan.Foundation;
using ProjectedGan.Networks.Layers;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>StyleGAN2's generator (Karras et al. 2020): a mapping network to styles, and a synthesis network that they modulate.</summary>
/// <remarks>Differs from the reference: no style mixing, which Projected GAN trains without.</remarks>
/// <exception cref="PganException">An option is out of range.</exception>
public sealed class StyleGan2(StyleGan2Options options, InitialWeights initial)
    : StyleGenerator(nameof(StyleGan2), options, initial, () => new StyleSynthesis(options, initial));

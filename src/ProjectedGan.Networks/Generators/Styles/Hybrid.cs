using ProjectedGan.Foundation;
using ProjectedGan.Networks.Layers;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>
/// A generator that joins FastGAN's skip-layer excitation with StyleGAN2's style modulation, which the Projected GAN paper leaves open: of its
/// generators the one converges faster and the other has the better latent space.
/// </summary>
/// <remarks>
/// FastGAN's way from 4² to the image stays: nearest upsampling, one gated 3×3 convolution a resolution, excitation by the map of a sixteenth of the
/// side, an image at the end alone. Its batch normalisation, which ties an image to the others of its batch, and its latent at 4² alone give
/// way to a trained constant whose channels a style scales, a style for each layer from the mapping network, and demodulation; behind each gate a pixel's channels are
/// normalised, and a hyperbolic tangent bounds the image. Noise is as StyleGAN2's, and so are the equalised learning rates; the excitation keeps its spectral
/// normalisation. Design of this project; docs/generators.md has what it was compared with.
/// </remarks>
/// <exception cref="PganException">An option is out of range.</exception>
public sealed class Hybrid(HybridOptions options, InitialWeights initial)
    : StyleGenerator(nameof(Hybrid), options, initial, () => new HybridSynthesis(options, initial));

namespace ProjectedGan.Networks.Layers;

/// <summary>The distribution of fresh convolution and linear weights.</summary>
/// <remarks>
/// Nearly every trained weight here is spectrally normalised, so its scale drops out of the forward pass; it only sets how far
/// one optimiser step turns the weight.
/// </remarks>
public enum WeightInitialization
{
    /// <summary>Uniform within ±1/√(fan-in) for weights and biases, PyTorch's default and so the reference's. The default here.</summary>
    FanInUniform,

    /// <summary>Normal with standard deviation 0.02, zero biases, as in DCGAN (Radford et al. 2016).</summary>
    Normal,
}

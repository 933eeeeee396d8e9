namespace ProjectedGan.Networks.Features;

/// <summary>Which tensors a batch normalisation has in its source's weight files.</summary>
internal enum BatchNormLayout
{
    /// <summary>Scale, shift, mean, variance and PyTorch's counter of batches.</summary>
    PyTorch,

    /// <summary>Scale, shift, mean and variance.</summary>
    Keras,

    /// <summary>Shift, mean and variance; the scale is one.</summary>
    KerasWithoutScale,
}

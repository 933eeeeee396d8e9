namespace ProjectedGan.Networks.Noise;

/// <summary>Which noise a generator injects.</summary>
public enum NoiseMode
{
    /// <summary>What the caller of the forward pass draws, if anything.</summary>
    Drawn,

    /// <summary>The network's own, the same for every image; see <see cref="StoredNoise"/>.</summary>
    Stored,

    /// <summary>None.</summary>
    None,
}

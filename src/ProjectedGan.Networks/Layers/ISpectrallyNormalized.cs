namespace ProjectedGan.Networks.Layers;

/// <summary>
/// A module whose weights are divided by an estimate of their spectral norm (Miyato et al. 2018). A forward pass, in training
/// mode too, uses the estimate as it is; only <see cref="PowerIterate"/> moves it, so that the replicas of a run share one
/// iteration a phase.
/// </summary>
public interface ISpectrallyNormalized
{
    /// <summary>One power iteration, in place, of each weight that the module's forward pass uses.</summary>
    void PowerIterate();
}

using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Layers;

/// <summary>Power iteration over a whole network.</summary>
public static class SpectralNormalization
{
    /// <summary>
    /// One power iteration of every spectrally normalised weight that the network's forward pass uses. The reference does this
    /// inside each training-mode forward pass; the caller does it here, once before each.
    /// </summary>
    /// <remarks>
    /// Weights that exist for the reference's state_dict but are skipped at the network's resolution do not move, as there.
    /// Not thread-safe against forward passes of the same network.
    /// </remarks>
    public static void PowerIterate(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network is ISpectrallyNormalized normalized)
        {
            normalized.PowerIterate();
            return;
        }

        foreach (var (_, child) in network.named_children())
        {
            PowerIterate(child);
        }
    }
}

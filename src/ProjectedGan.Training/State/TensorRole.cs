using static TorchSharp.torch;

namespace ProjectedGan.Training.State;

/// <summary>What training does to a tensor of a network.</summary>
internal enum TensorRole
{
    /// <summary>A parameter that the optimizer updates; one copy a worker.</summary>
    Trained,

    /// <summary>A running statistic: every replica moves its own, and they are averaged once an iteration.</summary>
    Statistic,

    /// <summary>A counter of batches: every replica counts alike.</summary>
    Counter,

    /// <summary>A singular vector of spectral normalisation: moved once a forward phase for all replicas.</summary>
    SpectralVector,

    /// <summary>Never changes.</summary>
    Fixed,
}

/// <summary>Tells the roles of tensors by what they are and, for buffers, by the reference's names.</summary>
internal static class TensorRoles
{
    private static readonly string[] Statistics = ["running_mean", "running_var", "stored_mean", "stored_var", "w_avg"];

    public static TensorRole Of(string name, Tensor tensor)
    {
        if (tensor.requires_grad)
        {
            return TensorRole.Trained;
        }
        var last = name[(name.LastIndexOf('.') + 1)..];
        return last switch
        {
            "weight_u" or "weight_v" => TensorRole.SpectralVector,
            "num_batches_tracked" => TensorRole.Counter,
            _ when Statistics.Contains(last) => TensorRole.Statistic,
            _ => TensorRole.Fixed,
        };
    }
}

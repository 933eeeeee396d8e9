using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The logistic losses with a generator that does not saturate (Goodfellow et al. 2014, section 3), which StyleGAN2 trains with. Each takes logits
/// [N, L] and returns a scalar tensor with a graph.
/// </summary>
public static class NonSaturatingLoss
{
    /// <summary>mean(softplus(−D(G(z)))).</summary>
    public static Tensor Generator(Tensor logits) => Real(logits);

    /// <summary>mean(softplus(D(G(z)))).</summary>
    public static Tensor Generated(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return Real(logits.neg()).MoveToOuterDisposeScope();
    }

    /// <summary>mean(softplus(−D(x))).</summary>
    public static Tensor Real(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return functional.logsigmoid(logits).mean().neg().MoveToOuterDisposeScope();
    }
}

using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The hinge losses (Lim and Ye 2017; paper, equation 4 with the hinge objective), averaged over the logits of all discriminators.
/// Each takes [N, logits] and returns a scalar tensor with a graph.
/// </summary>
public static class HingeLoss
{
    /// <summary>mean(−D(G(z))).</summary>
    public static Tensor Generator(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return logits.neg().mean().MoveToOuterDisposeScope();
    }

    /// <summary>mean(max(0, 1 + D(G(z)))).</summary>
    public static Tensor Generated(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return logits.Plus(Of(1.0)).relu().mean().MoveToOuterDisposeScope();
    }

    /// <summary>mean(max(0, 1 − D(x))).</summary>
    public static Tensor Real(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return logits.neg().Plus(Of(1.0)).relu().mean().MoveToOuterDisposeScope();
    }
}

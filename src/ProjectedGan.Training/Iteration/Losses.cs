using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

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

/// <summary>
/// The relativistic pairing loss (Jolicoeur-Martineau 2018; Huang et al. 2024, "The GAN is dead; long live the GAN!", equation 2), over pairs of
/// a generated and a real image. Logits are [N, L], of all discriminators; those of a pair are compared place by place. Each function returns a
/// scalar tensor with a graph.
/// </summary>
public static class RelativisticLoss
{
    /// <summary>mean(softplus(D(x) − D(G(z)))).</summary>
    public static Tensor Generator(Tensor generated, Tensor real) => Beaten(generated, real);

    /// <summary>mean(softplus(D(G(z)) − D(x))).</summary>
    public static Tensor Discriminator(Tensor generated, Tensor real) => Beaten(real, generated);

    private static Tensor Beaten(Tensor higher, Tensor lower)
    {
        using var scope = NewDisposeScope();
        return functional.logsigmoid(higher.Plus(lower.neg())).mean().neg().MoveToOuterDisposeScope();
    }
}

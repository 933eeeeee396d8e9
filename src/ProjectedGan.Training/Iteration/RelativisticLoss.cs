using ProjectedGan.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Training.Iteration;

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

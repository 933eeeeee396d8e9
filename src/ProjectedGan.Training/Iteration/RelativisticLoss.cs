using ProjectedGan.Torch;
using static ProjectedGan.Torch.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The relativistic pairing loss (Jolicoeur-Martineau 2018) with zero-centred gradient penalties (Huang et al. 2024, "The GAN is dead; long
/// live the GAN!", equations 2 and 3), over pairs of a generated and a real image. Logits are [N, L], of all discriminators; those of a pair
/// are compared place by place. Each function returns a scalar tensor with a graph.
/// </summary>
public static class RelativisticLoss
{
    /// <summary>mean(softplus(D(x) − D(G(z)))).</summary>
    public static Tensor Generator(Tensor generated, Tensor real) => Beaten(generated, real);

    /// <summary>mean(softplus(D(G(z)) − D(x))).</summary>
    public static Tensor Discriminator(Tensor generated, Tensor real) => Beaten(real, generated);

    /// <summary>
    /// The squared norm of the gradient of an image's mean logit at what the discriminators see of it, averaged over the batch.
    /// </summary>
    /// <param name="logits">[N, L], made from <paramref name="features"/>.</param>
    /// <param name="features">The feature map of each discriminator, [N, C, H, W], leaf tensors that require gradients.</param>
    /// <param name="variances">What each map's values vary by, scalar tensors without a graph: those of real images.</param>
    /// <remarks>
    /// Each map's part counts C·H·W·variance·(number of maps) times. A discriminator's logits depend on its own map alone, so that this is
    /// the mean of the discriminators' penalties, each in units that depend neither on the map's size nor on the feature network: a
    /// mean over n places has a gradient of squared norm 1 / n of theirs, and half as large features have twice as large gradients behind a
    /// normalisation. The sum over the batch is differentiated, because batch normalisation ties its images together.
    /// Differs from the paper, which penalises a discriminator of pixels.
    /// </remarks>
    public static Tensor Penalty(Tensor logits, IReadOnlyList<Tensor> features, IReadOnlyList<Tensor> variances)
    {
        using var scope = NewDisposeScope();
        var gradients = autograd.grad([logits.mean([1]).sum()], [.. features], retain_graph: true, create_graph: true);
        return gradients
            .Zip(variances, (gradient, variance) => gradient.mul(gradient).sum().mul(variance)
                .mul(Of((double)features.Count * gradient.NumberOfElements / (gradient.size(0) * gradient.size(0)))))
            .Aggregate((sum, part) => sum.Plus(part)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean squared distance of a map's values from their mean: a variance for <see cref="Penalty"/>.</summary>
    public static Tensor Variance(Tensor map)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var centred = map.Plus(map.mean().neg());
        return centred.mul(centred).mean().MoveToOuterDisposeScope();
    }

    private static Tensor Beaten(Tensor higher, Tensor lower)
    {
        using var scope = NewDisposeScope();
        return functional.logsigmoid(higher.Plus(lower.neg())).mean().neg().MoveToOuterDisposeScope();
    }
}

using ProjectedGan.Torch;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The zero-centred penalty on the gradient of discriminators at real (R1, Mescheder et al. 2018) or generated images (R2), of the relativistic
/// loss (Huang et al. 2024, equation 3) and of StyleGAN2's.
/// </summary>
public static class GradientPenalty
{
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
    /// Differs from the papers, which penalise a discriminator of pixels, in front of its augmentation; this is what it sees behind it.
    /// </remarks>
    public static Tensor Of(Tensor logits, IReadOnlyList<Tensor> features, IReadOnlyList<Tensor> variances)
    {
        using var scope = NewDisposeScope();
        var gradients = autograd.grad([logits.mean([1]).sum()], [.. features], retain_graph: true, create_graph: true);
        return gradients
            .Zip(variances, (gradient, variance) => gradient.mul(gradient).sum().mul(variance)
                .mul(Scalars.Of((double)features.Count * gradient.NumberOfElements / (gradient.size(0) * gradient.size(0)))))
            .Aggregate((sum, part) => sum.Plus(part)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean squared distance of a map's values from their mean: a variance for <see cref="Of"/>.</summary>
    public static Tensor Variance(Tensor map)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var centred = map.Plus(map.mean().neg());
        return centred.mul(centred).mean().MoveToOuterDisposeScope();
    }
}

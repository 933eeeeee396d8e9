using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The zero-centred penalty on the gradient of discriminators at real (R1, Mescheder et al. 2018) or generated images (R2), of the relativistic
/// loss (Huang et al. 2024, equation 3) and of StyleGAN2's.
/// </summary>
public static class GradientPenalty
{
    /// <summary>
    /// The squared norm of the gradient of an image's mean logit at what the discriminators learn from, averaged over the batch.
    /// </summary>
    /// <param name="logits">[N, L], made from <paramref name="maps"/>.</param>
    /// <param name="maps">The feature map of each discriminator, or the images, [N, C, H, W]: leaf tensors that require gradients.</param>
    /// <param name="variances">What each map's values vary by, scalar tensors without a graph: those of real images.</param>
    /// <param name="view">
    /// What made images [N, C, H, W] into the one map, always the same affine function: the gradient is then taken at the images in front of it.
    /// Null where it is taken at the maps.
    /// </param>
    /// <remarks>
    /// Each map's part counts C·H·W·variance·(number of maps) times. A discriminator's logits depend on its own map alone, so that this is
    /// the mean of the discriminators' penalties, each in units that depend neither on the map's size nor on the feature network: a
    /// mean over n places has a gradient of squared norm 1 / n of theirs, and half as large features have twice as large gradients behind a
    /// normalisation. The sum over the batch is differentiated, because batch normalisation ties its images together.
    /// Differs from the papers for discriminators of features: they penalise those of pixels.
    /// </remarks>
    public static Tensor Of(Tensor logits, IReadOnlyList<Tensor> maps, IReadOnlyList<Tensor> variances, Func<Tensor, Tensor>? view = null)
    {
        using var scope = NewDisposeScope();
        var gradients = autograd.grad([logits.mean([1]).sum()], [.. maps], retain_graph: true, create_graph: true);
        return gradients
            .Zip(variances, (gradient, variance) => (view is null ? gradient.mul(gradient).sum() : SquaredNormBefore(view, gradient)).mul(variance)
                .mul(Scalars.Of((double)maps.Count * gradient.NumberOfElements / (gradient.size(0) * gradient.size(0)))))
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

    // With view(x) = J x + b and the gradient g behind it, |Jᵀg|² changes by 2 (J Jᵀg)·dg: its derivative asks for none of the view's second ones,
    // which libtorch does not have for resampling.
    private static Tensor SquaredNormBefore(Func<Tensor, Tensor> view, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var origin = zeros_like(gradient).detach().requires_grad_();
        var seen = view(origin);
        var before = autograd.grad([seen], [origin], [gradient.detach()])[0]; // Jᵀg
        using var noGrad = no_grad();
        var again = view(before).Plus(seen.neg()).detach(); // J Jᵀg
        var square = before.mul(before).sum();
        using var graph = enable_grad();
        var slope = gradient.mul(again).sum().mul(Scalars.Of(2.0));
        return slope.Plus(square.Plus(slope.detach().neg())).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// Path length regularisation (Karras et al. 2020, section 3.2, equation 4): a step in the styles is to change an image by the same distance
/// wherever it is taken.
/// </summary>
public static class PathLengths
{
    /// <summary>How much of the running mean a batch replaces. StyleGAN2's value.</summary>
    private const double Share = 0.01;

    /// <summary>The length |Jᵀ y| of each image: how far it moves with its styles, in a random direction y.</summary>
    /// <param name="images">[N, 3, R, R], made from <paramref name="styles"/>.</param>
    /// <param name="styles">[N, S, W], with a graph; the mean square over S of the layers' lengths is taken.</param>
    /// <param name="directions">Standard normal [N, 3, R, R].</param>
    /// <returns>[N], with a graph that can be differentiated once.</returns>
    public static Tensor Of(Tensor images, Tensor styles, Tensor directions)
    {
        using var scope = NewDisposeScope();
        var side = Math.Sqrt(images.size(2) * images.size(3));
        var moved = (images * directions).sum() * Scalars.Of(1 / side);
        var gradient = autograd.grad([moved], [styles], retain_graph: true, create_graph: true)[0]; // [N, S, W]
        return (gradient * gradient).sum([2]).mean([1]).sqrt().MoveToOuterDisposeScope();
    }

    /// <summary>The running mean after a batch: a scalar tensor without a graph.</summary>
    public static Tensor Mean(double before, Tensor lengths)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return lengths.mean().mul(Scalars.Of(Share)).Plus(Scalars.Of(before * (1 - Share))).MoveToOuterDisposeScope();
    }

    /// <summary>The mean squared distance of lengths from the running mean: a scalar tensor with a graph.</summary>
    public static Tensor Penalty(Tensor lengths, Tensor mean)
    {
        using var scope = NewDisposeScope();
        var distance = lengths.Plus(mean.neg());
        return (distance * distance).mean().MoveToOuterDisposeScope();
    }
}

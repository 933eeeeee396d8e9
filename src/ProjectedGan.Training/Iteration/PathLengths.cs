using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

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

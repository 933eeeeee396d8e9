using ProjectedGan.Specification.Metrics;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>
/// Improved precision and recall (Kynkäänniemi et al. 2019). A set's manifold is the union of balls around its samples that reach to
/// their k-th nearest neighbour; precision is the share of generated samples inside the real manifold, recall the share of real
/// samples inside the generated one.
/// </summary>
/// <param name="Precision">In [0, 1].</param>
/// <param name="Recall">In [0, 1].</param>
public sealed record PrecisionRecall(double Precision, double Recall)
{
    /// <summary>Compares two sets of features [N, D] and [M, D] of the same type.</summary>
    /// <param name="generated">Features of generated samples.</param>
    /// <param name="real">Features of real samples.</param>
    /// <param name="neighbour">k; each set needs more than k samples.</param>
    /// <exception cref="EvaluationException">A set has too few samples, or a feature is not finite.</exception>
    public static PrecisionRecall Between(Tensor generated, Tensor real, int neighbour = MetricKinds.DefaultNeighbour)
    {
        var figures = Neighbourhoods.Compare(generated, real, new() { Neighbours = [neighbour] })[0];
        return new(figures.Precision.Value, figures.Recall.Value);
    }
}

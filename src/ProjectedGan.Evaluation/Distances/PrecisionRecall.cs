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
    /// <summary>The neighbour whose distance is a ball's radius, as in the paper.</summary>
    public const int DefaultNeighbour = 3;

    // Rows of the distance matrix held at once: 1024 × 50,000 float32 are 200 MB.
    private const int RowsAtOnce = 1024;

    /// <summary>Compares two sets of features [N, D] and [M, D] of the same type.</summary>
    /// <param name="generated">Features of generated samples.</param>
    /// <param name="real">Features of real samples.</param>
    /// <param name="neighbour">k; each set needs more than k samples.</param>
    /// <exception cref="EvaluationException">A set has too few samples, or a feature is not finite.</exception>
    public static PrecisionRecall Between(Tensor generated, Tensor real, int neighbour = DefaultNeighbour)
    {
        FeatureMatrix.CheckPair(generated, real);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbour);
        if (Math.Min(generated.shape[0], real.shape[0]) <= neighbour)
        {
            throw new EvaluationException($"Precision and recall with {neighbour} neighbours need more than {neighbour} samples of each kind; "
                + $"there are {generated.shape[0]} generated and {real.shape[0]} real ones.");
        }

        return new(ShareInside(generated, real, neighbour), ShareInside(real, generated, neighbour));
    }

    private static double ShareInside(Tensor probes, Tensor manifold, int neighbour)
    {
        using var scope = NewDisposeScope();
        var radii = Radii(manifold, neighbour);
        long inside = 0;
        for (long start = 0; start < probes.shape[0]; start += RowsAtOnce)
        {
            using var block = NewDisposeScope();
            var rows = probes.narrow(0, start, Math.Min(RowsAtOnce, probes.shape[0] - start));
            inside += cdist(rows, manifold).le(radii).any(1).sum().item<long>();
        }

        return (double)inside / probes.shape[0];
    }

    // Each sample is its own nearest neighbour, so the k-th other one is the (k + 1)-th smallest distance.
    private static Tensor Radii(Tensor manifold, int neighbour)
    {
        List<Tensor> radii = [];
        for (long start = 0; start < manifold.shape[0]; start += RowsAtOnce)
        {
            using var block = NewDisposeScope();
            var rows = manifold.narrow(0, start, Math.Min(RowsAtOnce, manifold.shape[0] - start));
            radii.Add(cdist(rows, manifold).kthvalue(neighbour + 1, 1).values.MoveToOuterDisposeScope());
        }

        return cat(radii, 0);
    }
}

using ProjectedGan.Specification.Metrics;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>
/// Figures from the balls that reach from each sample of a set to its k-th nearest neighbour in the set, for one k: improved precision and
/// recall (see <see cref="PrecisionRecall"/>), density and coverage (Naeem et al. 2020). Density is the number of real balls that a
/// generated sample lies in, over k; coverage is the share of real balls that hold a generated sample. An outlier among the real samples
/// has one ball, however wide, where precision takes all that it holds for real.
/// </summary>
/// <param name="Neighbour">k.</param>
/// <param name="Precision">In [0, 1].</param>
/// <param name="Recall">In [0, 1]; NaN unless it was asked for.</param>
/// <param name="Density">0 or more; near 1 for two sets of one distribution.</param>
/// <param name="Coverage">In [0, 1].</param>
internal sealed record Neighbourhoods(int Neighbour, Estimate Precision, Estimate Recall, Estimate Density, Estimate Coverage)
{
    /// <summary>Compares two sets of features [N, D] and [M, D] of the same type, for several k in one pass over their distances.</summary>
    /// <exception cref="EvaluationException">A set has too few samples, or a feature is not finite.</exception>
    public static IReadOnlyList<Neighbourhoods> Compare(Tensor generated, Tensor real, NeighbourhoodOptions options)
    {
        FeatureMatrix.CheckPair(generated, real);
        var most = options.Neighbours.Max();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Neighbours.Min());
        if (Math.Min(generated.shape[0], real.shape[0]) <= most)
        {
            throw new EvaluationException($"Figures of {most} neighbours need more than {most} samples of each kind; "
                + $"there are {generated.shape[0]} generated and {real.shape[0]} real ones.");
        }

        using var scope = NewDisposeScope();
        var realRadii = options.RealRadii ?? NearestNeighbours.Radii(real, most, options.Tiles);
        var generatedRadii = options.Recall ? NearestNeighbours.Radii(generated, most, options.Tiles) : null;
        BallCounts Of(int k) => new(
            k, realRadii.select(1, k - 1).contiguous(), generatedRadii?.select(1, k - 1).contiguous(), generated.shape[0], options.Draws);
        BallCounts[] counts = [.. options.Neighbours.Select(Of)];
        options.Tiles.Visit(generated, real, tile =>
        {
            foreach (var count in counts)
            {
                count.Add(tile);
            }
        });
        return [.. counts.Select(count => count.Figures())];
    }
}

/// <summary>What to compare by neighbourhoods.</summary>
internal sealed record NeighbourhoodOptions
{
    /// <summary>Each k, at least 1.</summary>
    public required IReadOnlyList<int> Neighbours { get; init; }

    /// <summary>Whether recall is wanted, which needs the distances among generated samples.</summary>
    public bool Recall { get; init; } = true;

    /// <summary>What <see cref="NearestNeighbours.Radii"/> gave of the real samples, for the greatest k or more; null to find it.</summary>
    public Tensor? RealRadii { get; init; }

    /// <summary>Resamples of the generated samples, as <see cref="Resamples.Draw"/> gives them; null for none.</summary>
    public Tensor? Draws { get; init; }

    /// <summary>How distances are gone through.</summary>
    public DistanceTiles Tiles { get; init; } = new();
}

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

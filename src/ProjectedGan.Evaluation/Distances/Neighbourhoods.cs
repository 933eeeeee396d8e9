using ProjectedGan.Specification.Metrics;
using ProjectedGan.Tensors;
using TorchSharp;
using static ProjectedGan.Tensors.Scalars;
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

/// <summary>The nearest members of a set, found tile by tile.</summary>
/// <param name="Distances">[N, count], nearest first, in the features' type.</param>
/// <param name="Indices">[N, count] in int64; which of equally near ones is taken is not specified.</param>
internal sealed record NearestNeighbours(Tensor Distances, Tensor Indices) : IDisposable
{
    public void Dispose()
    {
        Distances.Dispose();
        Indices.Dispose();
    }

    /// <summary>Finds the nearest members of a set to each probe.</summary>
    /// <param name="probes">Features [N, D].</param>
    /// <param name="set">Features [M, D] of the same type.</param>
    /// <param name="count">How many of each, at most M.</param>
    /// <param name="tiles">How distances are gone through.</param>
    public static NearestNeighbours Find(Tensor probes, Tensor set, int count, DistanceTiles tiles)
    {
        using var scope = NewDisposeScope();
        var distances = empty([probes.shape[0], count], probes.dtype, probes.device).fill_(Of(double.PositiveInfinity));
        var indices = zeros([probes.shape[0], count], ScalarType.Int64, probes.device);
        tiles.Visit(probes, set, tile =>
        {
            var (near, at) = tile.Distances.topk((int)Math.Min(count, tile.Distances.shape[1]), 1, largest: false);
            Tensor kept = tile.OfRows(distances), keptAt = tile.OfRows(indices);
            var (nearest, order) = cat([kept, near], 1).topk(count, 1, largest: false);
            keptAt.copy_(cat([keptAt, at.Plus(Of(tile.Column))], 1).gather(1, order));
            kept.copy_(nearest);
        });
        return new(distances.MoveToOuterDisposeScope(), indices.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Distances of each member of a set to its 1st, 2nd, … neighbour in it, [M, <paramref name="neighbours"/>]; the caller disposes them.
    /// </summary>
    public static Tensor Radii(Tensor set, int neighbours, DistanceTiles tiles)
    {
        using var scope = NewDisposeScope();
        // Each member is its own nearest.
        return Find(set, set, neighbours + 1, tiles).Distances.narrow(1, 1, neighbours).contiguous().MoveToOuterDisposeScope();
    }
}

/// <summary>Euclidean distances between two sets of features, tile by tile: the matrix of all of them is never whole.</summary>
/// <remarks>
/// Every distance is the norm of a difference, not |x|² + |y|² − 2 x·y from a matrix product: it has the same bits in any tile, and equal
/// features are at a distance of exactly 0.
/// </remarks>
internal sealed record DistanceTiles
{
    /// <summary>Most rows of a tile. 1,024 × 8,192 in float32 are 32 MiB.</summary>
    public int Rows { get; init; } = 1024;

    /// <summary>Most columns of a tile.</summary>
    public int Columns { get; init; } = 8192;

    /// <summary>Called after each tile.</summary>
    public Action? TileDone { get; init; }

    /// <summary>Stops between tiles.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>How many tiles a pass over this many rows and columns has.</summary>
    public long Count(long rows, long columns) => Parts(rows, Rows) * Parts(columns, Columns);

    /// <summary>Shows all tiles, row by row. A tile lives only while it is shown.</summary>
    /// <param name="rows">Features [N, D].</param>
    /// <param name="columns">Features [M, D] of the same type.</param>
    /// <param name="visit">Takes a tile.</param>
    /// <exception cref="OperationCanceledException">As <see cref="Cancellation"/> says.</exception>
    public void Visit(Tensor rows, Tensor columns, Action<DistanceTile> visit)
    {
        for (long row = 0; row < rows.shape[0]; row += Rows)
        {
            for (long column = 0; column < columns.shape[0]; column += Columns)
            {
                Cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var some = rows.narrow(0, row, Math.Min(Rows, rows.shape[0] - row));
                var others = columns.narrow(0, column, Math.Min(Columns, columns.shape[0] - column));
                visit(new(row, column, cdist(some, others, 2, compute_mode.donot_use_mm_for_euclid_dist)));
                TileDone?.Invoke();
            }
        }
    }

    private static long Parts(long whole, long part) => (whole + part - 1) / part;
}

/// <summary>One tile of a distance matrix.</summary>
/// <param name="Row">Its first row.</param>
/// <param name="Column">Its first column.</param>
/// <param name="Distances">[rows, columns].</param>
internal readonly record struct DistanceTile(long Row, long Column, Tensor Distances)
{
    /// <summary>The part of [N, …] values that belongs to the tile's rows; a view.</summary>
    public Tensor OfRows(Tensor values, int axis = 0) => values.narrow(axis, Row, Distances.shape[0]);

    /// <summary>The part of [M, …] values that belongs to the tile's columns; a view.</summary>
    public Tensor OfColumns(Tensor values, int axis = 0) => values.narrow(axis, Column, Distances.shape[1]);
}

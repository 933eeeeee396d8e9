using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

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

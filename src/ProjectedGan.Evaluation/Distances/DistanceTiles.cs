using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

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

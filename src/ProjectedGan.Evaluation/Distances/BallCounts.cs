using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>
/// Who lies in whose ball, for one k, gathered from the tiles of the distances of generated samples (rows) to real ones (columns).
/// </summary>
/// <remarks>
/// Precision and recall count the border of a ball as inside and density and coverage do not, as their authors' programs have it.
/// In a resample a ball keeps the radius that it has among all samples: one that was drawn twice would be its own neighbour at distance 0.
/// </remarks>
internal sealed class BallCounts
{
    private readonly int _neighbour;
    private readonly Tensor _realRadii;
    private readonly Tensor? _generatedRadii;
    private readonly Tensor? _draws;

    // One a generated sample: whether a real ball holds it, and how many do.
    private readonly Tensor _inside;
    private readonly Tensor _holders;

    // One a real sample: whether a generated ball holds it, and the distance to the nearest generated one.
    private readonly Tensor _reached;
    private readonly Tensor _nearest;

    // The same two for each resample, as counts [resamples, M].
    private readonly Tensor? _drawnReached;
    private readonly Tensor? _drawnCovering;

    /// <summary>Counts nothing yet. Its tensors belong to the open scope.</summary>
    /// <param name="neighbour">k.</param>
    /// <param name="realRadii">[M].</param>
    /// <param name="generatedRadii">[N]; null where recall is not wanted.</param>
    /// <param name="generated">N.</param>
    /// <param name="draws">[resamples, N], or null.</param>
    public BallCounts(int neighbour, Tensor realRadii, Tensor? generatedRadii, long generated, Tensor? draws)
    {
        var real = realRadii.shape[0];
        var device = realRadii.device;
        (_neighbour, _realRadii, _generatedRadii, _draws) = (neighbour, realRadii, generatedRadii, draws?.to(device));
        _inside = zeros([generated], ScalarType.Bool, device);
        _holders = zeros([generated], ScalarType.Int64, device);
        _reached = zeros([real], ScalarType.Bool, device);
        _nearest = empty([real], realRadii.dtype, device).fill_(Of(double.PositiveInfinity));
        if (draws is not null)
        {
            _drawnReached = zeros([draws.shape[0], real], ScalarType.Float32, device);
            _drawnCovering = zeros([draws.shape[0], real], ScalarType.Float32, device);
        }
    }

    /// <summary>Takes a tile.</summary>
    public void Add(DistanceTile tile)
    {
        var distances = tile.Distances;
        var realRadii = tile.OfColumns(_realRadii);
        tile.OfRows(_inside).logical_or_(distances.le(realRadii).any(1));
        var within = distances.lt(realRadii);
        tile.OfRows(_holders).AddInPlace(within.sum(1));
        var nearest = tile.OfColumns(_nearest);
        nearest.copy_(nearest.minimum(distances.amin([0])));
        Draw(tile, _drawnCovering, within);
        if (_generatedRadii is not null)
        {
            var reaches = distances.le(tile.OfRows(_generatedRadii).unsqueeze(1));
            tile.OfColumns(_reached).logical_or_(reaches.any(0));
            Draw(tile, _drawnReached, reaches);
        }
    }

    /// <summary>The figures of all that was added.</summary>
    public Neighbourhoods Figures()
    {
        using var scope = NewDisposeScope();
        return new(
            _neighbour,
            new(Share(_inside), OfRows(_inside, 1)),
            new(_generatedRadii is null ? double.NaN : Share(_reached), _generatedRadii is null ? null : OfColumns(_drawnReached)),
            new(_holders.to_type(ScalarType.Float64).mean().item<double>() / _neighbour, OfRows(_holders, _neighbour)),
            new(Share(_nearest.lt(_realRadii)), OfColumns(_drawnCovering)));
    }

    private static double Share(Tensor holds) => (double)holds.sum().item<long>() / holds.shape[0];

    // Which of the columns at least one row of each resample holds: the product counts how many do.
    private void Draw(DistanceTile tile, Tensor? counts, Tensor holds)
    {
        if (counts is not null)
        {
            tile.OfColumns(counts, axis: 1).AddInPlace(tile.OfRows(_draws!, axis: 1).matmul(holds.to_type(ScalarType.Float32)));
        }
    }

    private double? OfRows(Tensor values, int divisor)
    {
        var sums = _draws?.to_type(ScalarType.Float64).matmul(values.to_type(ScalarType.Float64)).cpu().data<double>().ToArray();
        return sums is null ? null : Resamples.Deviation(sums) / divisor / values.shape[0];
    }

    private static double? OfColumns(Tensor? counts) => counts is null ? null
        : Resamples.Deviation(counts.gt(Of(0.0)).to_type(ScalarType.Float64).mean([1]).cpu().data<double>().ToArray());
}

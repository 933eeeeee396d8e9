using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>The mean distance between two different samples: it falls when a generator collapses, whatever the real images are.</summary>
internal static class Diversity
{
    /// <summary>Measures features [N, D], N at least 2.</summary>
    /// <param name="features">The features.</param>
    /// <param name="draws">Resamples as <see cref="Resamples.Draw"/> gives them; null for none.</param>
    /// <param name="tiles">How distances are gone through.</param>
    public static Estimate Of(Tensor features, Tensor? draws, DistanceTiles tiles)
    {
        FeatureMatrix.Check(features);
        using var scope = NewDisposeScope();
        var onDevice = draws?.to(features.device).to_type(features.dtype);
        double sum = 0;
        var drawn = draws is null ? null : new double[draws.shape[0]];
        tiles.Visit(features, features, tile =>
        {
            sum += tile.Distances.sum(ScalarType.Float64).item<double>();
            if (drawn is not null)
            {
                // Each pair as often as both of its samples were drawn.
                var products = tile.OfRows(onDevice!, axis: 1).matmul(tile.Distances).mul(tile.OfColumns(onDevice!, axis: 1));
                var sums = products.sum(1, type: ScalarType.Float64).cpu().data<double>().ToArray();
                for (var i = 0; i < drawn.Length; i++)
                {
                    drawn[i] += sums[i];
                }
            }
        });
        double pairs = (double)features.shape[0] * (features.shape[0] - 1);
        return new(sum / pairs, drawn is null ? null : Resamples.Deviation(drawn) / pairs);
    }
}

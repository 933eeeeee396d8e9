using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Specification.Metrics;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation;

/// <summary>The figures of one evaluation, from features that are gathered. Its tensors belong to the scope in which it is made.</summary>
/// <param name="generated">Features of the samples.</param>
/// <param name="real">Features of real images; null where no figure needs them.</param>
/// <param name="options">What to measure.</param>
internal sealed class Measurement(FeatureCollector generated, RealFeatures? real, EvaluationOptions options)
{
    private readonly Tensor? _draws =
        options.Resamples > 0 ? Resamples.Draw(options.Seed, options.Resamples, generated.Statistics.Count) : null;

    private IReadOnlyList<Neighbourhoods>? _neighbourhoods;

    /// <summary>Radii of the real images' neighbourhoods, for the greatest k or more; null where no figure needs them.</summary>
    public Tensor? RealRadii { get; init; }

    /// <summary>How distances are gone through.</summary>
    public required DistanceTiles Tiles { get; init; }

    public Estimate Frechet()
    {
        var distance = FrechetDistance.Between(generated.Statistics, real!.Statistics, options.CovarianceDivisor);
        return new(distance, _draws is null ? null : Resamples.Deviation([.. Enumerable.Range(0, options.Resamples).Select(FrechetOf)]));
    }

    public Estimate Kernel()
    {
        using var features = generated.Features();
        var (mean, deviation) = KernelDistance.Between(features, real!.Features!, new KernelDistanceOptions
        {
            Subsets = options.KernelSubsets,
            SubsetSize = options.KernelSubsetSize,
            Seed = options.Seed,
        });
        return new(mean, deviation);
    }

    /// <summary>The figures of a metric of neighbourhoods. Those of all k come from one pass.</summary>
    public Neighbourhoods Neighbourhoods(MetricKind metric)
    {
        if (_neighbourhoods is null)
        {
            using var features = generated.Features();
            _neighbourhoods = Distances.Neighbourhoods.Compare(features, real!.Features!, new()
            {
                Neighbours = options.Neighbours,
                Recall = options.NeedsRecall,
                RealRadii = RealRadii,
                Draws = _draws,
                Tiles = Tiles,
            });
        }

        return _neighbourhoods.First(figures => figures.Neighbour == MetricKinds.Neighbour(metric));
    }

    public Estimate Diversity()
    {
        using var features = generated.Features();
        return Distances.Diversity.Of(features, _draws, Tiles);
    }

    public Estimate Inception()
    {
        using var probabilities = generated.Probabilities();
        var score = InceptionScore.Of(probabilities, options.Splits);
        return new(score.Mean, score.StandardDeviation);
    }

    private double FrechetOf(int resample)
    {
        Tiles.Cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var features = generated.Features();
        FeatureStatistics statistics = new((int)features.shape[1]);
        foreach (var rows in Resamples.Rows(_draws!, resample).Chunk(Tiles.Rows))
        {
            using var some = features.index_select(0, tensor(rows));
            statistics.Add(some);
        }

        return FrechetDistance.Between(statistics, real!.Statistics, options.CovarianceDivisor);
    }
}

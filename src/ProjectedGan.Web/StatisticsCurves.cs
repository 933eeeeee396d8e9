using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Web;

/// <summary>A run's statistics over time, thinned so that a page can draw them.</summary>
internal sealed class StatisticsCurves
{
    private static readonly (string Name, Func<TrainingProgress, double> Value)[] Series =
    [
        ("imagesPerSecond", progress => progress.ImagesPerSecond),
        ("generatorLoss", progress => progress.GeneratorLoss),
        ("discriminatorLossGenerated", progress => progress.DiscriminatorLossGenerated),
        ("discriminatorLossReal", progress => progress.DiscriminatorLossReal),
        ("accuracyGenerated", progress => progress.AccuracyGenerated),
        ("accuracyReal", progress => progress.AccuracyReal),
        ("generatorGradientNorm", progress => progress.GeneratorGradientNorm),
        ("discriminatorGradientNorm", progress => progress.DiscriminatorGradientNorm),
    ];

    private readonly List<TrainingProgress> _points = [];

    /// <summary>Takes the next point. What was undone and trained again takes the place of the first try.</summary>
    public void Add(TrainingProgress progress)
    {
        while (_points.Count > 0 && _points[^1].Images >= progress.Images)
        {
            _points.RemoveAt(_points.Count - 1);
        }

        _points.Add(progress);
    }

    /// <param name="most">Points to keep, at least 2.</param>
    /// <param name="sequence">The last event that was looked at.</param>
    /// <returns>An object that is written as JSON.</returns>
    public StatisticsPage Thin(int most, long sequence)
    {
        var kept = Select(most);
        return new StatisticsPage(
            sequence, _points.Count, [.. kept.Select(point => point.Images)], [.. kept.Select(point => Math.Round(point.TrainingTime.TotalSeconds, 3))],
            Series.ToDictionary(series => series.Name, series => kept.Select(point => Finite(series.Value(point))).ToArray()));
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    // One point a bucket: the one that stands out most from its bucket's mean, so that a spike of any series survives. The ends are kept.
    private TrainingProgress[] Select(int most)
    {
        if (_points.Count <= most)
        {
            return [.. _points];
        }

        double[] scales = [.. Series.Select(series => Spread(_points.Select(series.Value)))];
        int inner = _points.Count - 2, buckets = most - 2;
        var chosen = Enumerable.Range(0, buckets).Select(bucket =>
        {
            int first = 1 + (int)((long)bucket * inner / buckets), end = 1 + (int)((long)(bucket + 1) * inner / buckets);
            return MostTelling(_points.GetRange(first, end - first), scales);
        });
        return [_points[0], .. chosen, _points[^1]];
    }

    private static TrainingProgress MostTelling(List<TrainingProgress> bucket, double[] scales)
    {
        double[] means = [.. Series.Select(series => Mean(bucket.Select(series.Value)))];
        return bucket.MaxBy(point => Series.Select((series, index) => Distance(series.Value(point), means[index], scales[index])).Max())!;
    }

    // What is no number is what a reader must not miss.
    private static double Distance(double value, double mean, double scale) => double.IsFinite(value) ? Math.Abs(value - mean) / scale : double.PositiveInfinity;

    private static double Mean(IEnumerable<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(0).Average();

    private static double Spread(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite).DefaultIfEmpty(0)];
        return Math.Max(1e-12, finite.Max() - finite.Min());
    }
}

/// <summary>Curves as they are sent.</summary>
/// <param name="Sequence">The last event that is in them; the stream goes on behind it.</param>
/// <param name="Count">Points before thinning.</param>
/// <param name="Images">Images seen, one a point.</param>
/// <param name="Seconds">Training time, one a point.</param>
/// <param name="Series">Values by name, one a point; null where a value was no finite number.</param>
internal sealed record StatisticsPage(long Sequence, int Count, long[] Images, double[] Seconds, Dictionary<string, double?[]> Series);

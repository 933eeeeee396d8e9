using System.Globalization;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>
/// Recall that falls while the Fréchet distance improves: the samples get better and of fewer kinds, which the distance alone hides.
/// It is said of the last <see cref="Window"/> measurements that have both figures: the distance is lower at their end than at their
/// beginning, recall is lower at each than at the one before, and where the spreads of its ends are known it fell by over twice their
/// joint standard deviation.
/// </summary>
/// <param name="DistanceBefore">The distance at the window's first measurement.</param>
/// <param name="DistanceNow">At its last.</param>
/// <param name="RecallBefore">Recall at the window's first measurement.</param>
/// <param name="RecallNow">At its last.</param>
public sealed record RecallLoss(
    MetricRecord DistanceBefore, MetricRecord DistanceNow, MetricRecord RecallBefore, MetricRecord RecallNow)
{
    /// <summary>Measurements that are looked at. Of two, noise alone would be taken for a fall every other time.</summary>
    public const int Window = 3;

    /// <summary>The share of recall that may be lost in a window without a warning.</summary>
    public const double Tolerated = 0.2;

    /// <summary>The lost share of recall, 0 to 1.</summary>
    public double Share => 1 - (RecallNow.Value / RecallBefore.Value);

    /// <summary>Whether it is worth a warning.</summary>
    public bool IsCollapse => Share > Tolerated;

    /// <summary>Looks at the newest measurements.</summary>
    /// <param name="measurements">
    /// Figures by measurement, oldest first. Others than those of the newest one's names and number of samples are passed over.
    /// </param>
    /// <returns>What was lost; null where recall does not fall, the distance does not improve, or too little was measured.</returns>
    public static RecallLoss? Of(IEnumerable<IReadOnlyList<MetricRecord>> measurements)
    {
        (MetricRecord Distance, MetricRecord Recall)[] pairs = [.. measurements.Select(Pair).OfType<(MetricRecord, MetricRecord)>()];
        (MetricRecord Distance, MetricRecord Recall)[] window = [.. pairs.Where(pair => IsLike(pair, pairs[^1])).TakeLast(Window)];
        if (window.Length < Window || !(window[^1].Distance.Value < window[0].Distance.Value)
            || window.Zip(window.Skip(1)).Any(step => !(step.Second.Recall.Value < step.First.Recall.Value)))
        {
            return null;
        }

        RecallLoss loss = new(window[0].Distance, window[^1].Distance, window[0].Recall, window[^1].Recall);
        return loss.IsWithinNoise ? null : loss;
    }

    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Recall falls while the distance improves: over the last {Window} measurements {RecallNow.Metric} went from "
        + $"{RecallBefore.Value:G3} to {RecallNow.Value:G3} (-{100 * Share:0} %), {DistanceNow.Metric} from {DistanceBefore.Value:G5} to "
        + $"{DistanceNow.Value:G5}. The generator may be giving up kinds of images.");

    private bool IsWithinNoise => RecallBefore.StandardDeviation is { } before && RecallNow.StandardDeviation is { } now
        && RecallBefore.Value - RecallNow.Value <= 2 * Math.Sqrt((before * before) + (now * now));

    private static (MetricRecord, MetricRecord)? Pair(IReadOnlyList<MetricRecord> metrics)
    {
        MetricRecord? distance = First(metrics, "fid", "fd"), recall = First(metrics, "recall", "recall5");
        return distance is null || recall is null ? null : (distance, recall);
    }

    private static MetricRecord? First(IReadOnlyList<MetricRecord> metrics, params string[] figures)
        => metrics.FirstOrDefault(metric => figures.Contains(metric.Metric.Split('_')[0]) && double.IsFinite(metric.Value));

    private static bool IsLike((MetricRecord Distance, MetricRecord Recall) one, (MetricRecord Distance, MetricRecord Recall) other)
        => (one.Distance.Metric, one.Distance.Samples, one.Recall.Metric)
            == (other.Distance.Metric, other.Distance.Samples, other.Recall.Metric);
}

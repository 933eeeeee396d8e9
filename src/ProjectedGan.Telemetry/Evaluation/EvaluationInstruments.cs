using System.Diagnostics.Metrics;
using ProjectedGan.Telemetry.Gauges;

namespace ProjectedGan.Telemetry.Evaluation;

/// <summary>
/// What evaluators measure (duration, snapshots), and what the coordinator shows of their results (values by experiment). Thread-safe.
/// </summary>
public sealed class EvaluationInstruments : IDisposable
{
    private const string MeterName = "ProjectedGan.Evaluation";

    private readonly LatestGauge<MetricKey> _values = ByMetric("value", "Latest value of a metric.");
    private readonly LatestGauge<MetricKey> _best = ByMetric("best", "Best value of a metric so far.");
    private readonly LatestGauge<string> _iteration = new(
        "pgan.evaluation.snapshot.iteration", "{iteration}", "Iteration of the snapshot that was evaluated last.",
        experiment => [new(TelemetryAttributes.ExperimentId, experiment)]);

    private readonly LatestGauge<string> _recallLoss = new(
        "pgan.evaluation.recall.loss", "1",
        "Share of its recall that an experiment lost over its last measurements while its Fréchet distance improved.",
        experiment => [new(TelemetryAttributes.ExperimentId, experiment)]);

    private readonly RenewingMeter _byExperiment;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _snapshots;

    public EvaluationInstruments(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _duration = meter.CreateHistogram("pgan.evaluation.duration", "s", "Time to evaluate a snapshot.", tags: null, DurationBuckets.Jobs);
        _snapshots = meter.CreateCounter<long>("pgan.evaluation.snapshots", "{snapshot}", "Snapshots evaluated; error_type is set on those that failed.");
        _byExperiment = new RenewingMeter(factory, MeterName, own =>
        {
            _values.AttachTo(own);
            _best.AttachTo(own);
            _iteration.AttachTo(own);
            _recallLoss.AttachTo(own);
        });
    }

    public void SnapshotEvaluated(TimeSpan duration)
    {
        _snapshots.Add(1);
        _duration.Record(duration.TotalSeconds);
    }

    public void SnapshotFailed(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _snapshots.Add(1, new KeyValuePair<string, object?>(TelemetryAttributes.ErrorType, error.GetType().FullName));
    }

    /// <summary>A result has arrived; samples are the generated images it rests on. Shown until <see cref="ExperimentEnded"/>.</summary>
    public void MetricMeasured(MetricKey key, long iteration, double value, double best, int samples)
    {
        KeyValuePair<string, object?> count = new(TelemetryAttributes.Samples, samples);
        _best.Set(key, best, count);
        _iteration.Set(key.Experiment, iteration);
        if (_values.Set(key, value, count))
        {
            _byExperiment.CountLabelSet();
        }
    }

    /// <summary>The share of recall, 0 to 1, that was lost over the last measurements while the distance improved. Shown as long as those are.</summary>
    public void RecallLost(string experiment, double share) => _recallLoss.Set(experiment, share);

    /// <summary>The experiment gets no more results: its values are removed.</summary>
    public void ExperimentEnded(string experiment)
    {
        _values.RemoveWhere(key => key.Experiment == experiment);
        _best.RemoveWhere(key => key.Experiment == experiment);
        _iteration.RemoveWhere(key => key == experiment);
        _recallLoss.RemoveWhere(key => key == experiment);
    }

    public void Dispose() => _byExperiment.Dispose();

    private static LatestGauge<MetricKey> ByMetric(string name, string description) => new($"pgan.evaluation.metric.{name}", "1", description, key =>
    [
        new(TelemetryAttributes.ExperimentId, key.Experiment),
        new(TelemetryAttributes.Metric, key.Metric),
        new(TelemetryAttributes.FeatureNetwork, key.FeatureNetwork),
    ]);
}

/// <summary>What a metric's value belongs to. A distance on one feature network says nothing of another's.</summary>
/// <param name="Experiment">The experiment's id.</param>
/// <param name="Metric">Name in results: <c>fid</c>, <c>kid</c>, <c>fd</c>, …</param>
/// <param name="FeatureNetwork">Name of the network whose features were compared.</param>
public readonly record struct MetricKey(string Experiment, string Metric, string FeatureNetwork);

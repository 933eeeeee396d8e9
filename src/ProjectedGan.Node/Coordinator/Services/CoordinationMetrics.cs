using System.Collections.Concurrent;
using System.Diagnostics;
using ProjectedGan.Coordination;
using ProjectedGan.Coordination.Experiments;
using ProjectedGan.Evaluation;
using ProjectedGan.Telemetry.Coordination;
using ProjectedGan.Telemetry.Evaluation;
using ProjectedGan.Telemetry.Tracing;

namespace ProjectedGan.Node.Coordinator.Services;

/// <summary>What the grains measure, as metrics and spans.</summary>
internal sealed class CoordinationMetrics(CoordinationInstruments instruments, EvaluationInstruments evaluations) : ICoordinationObserver
{
    // Workers and evaluators are counted by different grains and shown by one instrument.
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, int>> _nodes = new();

    public void Experiments(IReadOnlyDictionary<ExperimentState, int> byState) =>
        instruments.Experiments(byState.ToDictionary(pair => pair.Key.ToString().ToLowerInvariant(), pair => pair.Value));

    public void Nodes(string role, IReadOnlyDictionary<string, int> byState)
    {
        _nodes[role] = byState;
        instruments.Nodes(_nodes.SelectMany(known => known.Value.Select(pair => (Key: (known.Key, pair.Key), pair.Value))).ToDictionary(pair => pair.Key, pair => pair.Value));
    }

    public void QueueChanged(int length, DateTimeOffset? oldestSince) => instruments.QueueChanged(length, oldestSince);

    public void EvaluationQueueChanged(int length, DateTimeOffset? oldestSince) => instruments.EvaluationQueueChanged(length, oldestSince);

    public void Assigned(int workers) => instruments.Assigned(workers);

    public void Scheduled(string experiment, string traceParent, DateTimeOffset since)
    {
        // The wait is over: its span is written with hindsight.
        using Activity? span = Spans.StartSchedule(experiment, TraceContext.Parse(traceParent));
        span?.SetStartTime(since.UtcDateTime);
    }

    public void EpochEnded(string reason) => instruments.MembershipEpochEnded(reason);

    public void Progressed(string experiment, long iteration, long images, int workers, long epoch) => instruments.Progress(experiment, iteration, images, workers, epoch);

    public void Evaluated(string experiment, SnapshotRecord snapshot, IReadOnlyList<SnapshotRecord> all)
    {
        foreach (MetricRecord metric in snapshot.Metrics)
        {
            (string figure, string network) = MetricName.Split(metric.Metric);
            IEnumerable<double> values = all.SelectMany(entry => entry.Metrics).Where(entry => entry.Metric == metric.Metric && double.IsFinite(entry.Value)).Select(entry => entry.Value).DefaultIfEmpty(metric.Value);
            double best = MetricName.LowerIsBetter(figure) ? values.Min() : values.Max();
            evaluations.MetricMeasured(new MetricKey(experiment, figure, network), snapshot.Iteration, metric.Value, best, (int)metric.Samples);
        }
    }

    public void ExperimentEnded(string experiment)
    {
        instruments.ExperimentEnded(experiment);
        evaluations.ExperimentEnded(experiment);
    }
}

using System.Collections.Concurrent;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Evaluations;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Telemetry.Coordination;
using ProjectedGan.Telemetry.Evaluation;
using ProjectedGan.Telemetry.Tracing;

namespace ProjectedGan.Coordinator.Services;

/// <summary>
/// What the grains measure, as metrics and spans. An experiment's figures of merit outlast it for a few scrapes: its last snapshot is as a rule
/// measured after its end.
/// </summary>
internal sealed class CoordinationMetrics : ICoordinationObserver, IDisposable
{
    private static readonly TimeSpan ShownAfterwards = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly CoordinationInstruments _instruments;
    private readonly EvaluationInstruments _evaluations;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    // When the figures of experiments that have ended are removed.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ended = new();

    // Workers and evaluators are counted by different grains and shown by one instrument.
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, int>> _nodes = new();

    public CoordinationMetrics(CoordinationInstruments instruments, EvaluationInstruments evaluations, TimeProvider time)
    {
        (_instruments, _evaluations, _time) = (instruments, evaluations, time);
        _timer = time.CreateTimer(_ => Forget(), null, Look, Look);
    }

    public void Experiments(IReadOnlyDictionary<ExperimentState, int> byState) =>
        _instruments.Experiments(byState.ToDictionary(pair => pair.Key.ToString().ToLowerInvariant(), pair => pair.Value));

    public void Nodes(string role, IReadOnlyDictionary<string, int> byState)
    {
        _nodes[role] = byState;
        _instruments.Nodes(_nodes.SelectMany(known => known.Value.Select(pair => (Key: (known.Key, pair.Key), pair.Value))).ToDictionary(pair => pair.Key, pair => pair.Value));
    }

    public void QueueChanged(int length, DateTimeOffset? oldestSince) => _instruments.QueueChanged(length, oldestSince);

    public void EvaluationQueueChanged(int length, DateTimeOffset? oldestSince) => _instruments.EvaluationQueueChanged(length, oldestSince);

    public void Assigned(int workers) => _instruments.Assigned(workers);

    public void Scheduled(string experiment, string traceParent, DateTimeOffset since)
    {
        // The wait is over: its span is written with hindsight.
        using var span = Spans.StartSchedule(experiment, TraceContext.Parse(traceParent));
        span?.SetStartTime(since.UtcDateTime);
    }

    public void EpochEnded(string reason) => _instruments.MembershipEpochEnded(reason);

    public void Progressed(string experiment, long iteration, long images, int workers, long epoch)
    {
        // One that had failed may have been resumed.
        _ended.TryRemove(experiment, out _);
        _instruments.Progress(experiment, iteration, images, workers, epoch);
    }

    public void Evaluated(string experiment, SnapshotRecord snapshot, IReadOnlyList<SnapshotRecord> all)
    {
        foreach (var metric in snapshot.Metrics)
        {
            (var figure, var network) = MetricName.Split(metric.Metric);
            var values = all.SelectMany(entry => entry.Metrics).Where(entry => entry.Metric == metric.Metric && double.IsFinite(entry.Value)).Select(entry => entry.Value).DefaultIfEmpty(metric.Value);
            var best = MetricName.LowerIsBetter(figure) ? values.Min() : values.Max();
            _evaluations.MetricMeasured(new MetricKey(experiment, figure, network), snapshot.Iteration, metric.Value, best, (int)metric.Samples);
        }

        if (snapshot.Metrics.Any(metric => MetricName.Split(metric.Metric).Figure is "recall" or "recall5"))
        {
            _evaluations.RecallLost(experiment, RecallLoss.Of(all.Select(entry => (IReadOnlyList<MetricRecord>)entry.Metrics))?.Share ?? 0);
        }

        if (_ended.ContainsKey(experiment))
        {
            _ended[experiment] = _time.GetUtcNow() + ShownAfterwards;
        }
    }

    public void ExperimentEnded(string experiment)
    {
        _instruments.ExperimentEnded(experiment);
        _ended.TryAdd(experiment, _time.GetUtcNow() + ShownAfterwards);
    }

    public void ExperimentLeft(string experiment)
    {
        _instruments.ExperimentEnded(experiment);
        _evaluations.ExperimentEnded(experiment);
    }

    public void Dispose() => _timer.Dispose();

    private void Forget()
    {
        var now = _time.GetUtcNow();
        foreach (var ended in _ended.Where(ended => ended.Value <= now))
        {
            if (_ended.TryRemove(ended))
            {
                _evaluations.ExperimentEnded(ended.Key);
            }
        }
    }
}

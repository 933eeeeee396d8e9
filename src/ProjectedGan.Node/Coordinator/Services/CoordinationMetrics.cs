using System.Collections.Concurrent;
using ProjectedGan.Coordination;
using ProjectedGan.Coordination.Experiments;
using ProjectedGan.Telemetry.Coordination;

namespace ProjectedGan.Node.Coordinator.Services;

/// <summary>What the grains measure, as metrics.</summary>
internal sealed class CoordinationMetrics(CoordinationInstruments instruments) : ICoordinationObserver
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

    public void EpochEnded(string reason) => instruments.MembershipEpochEnded(reason);

    public void Progressed(string experiment, long iteration, long images, int workers, long epoch) => instruments.Progress(experiment, iteration, images, workers, epoch);

    public void ExperimentEnded(string experiment) => instruments.ExperimentEnded(experiment);
}

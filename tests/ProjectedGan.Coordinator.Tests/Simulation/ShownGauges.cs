using System.Collections.Concurrent;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Tests.Simulation;

/// <summary>What the gauges of each experiment show; none where they were removed.</summary>
internal sealed class ShownGauges : ICoordinationObserver
{
    private readonly ConcurrentDictionary<string, (long Iteration, long Images, int Workers)> _shown = new();
    private readonly ConcurrentDictionary<string, long> _measured = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public (long Iteration, long Images, int Workers)? Of(string experiment) => _shown.TryGetValue(experiment, out var shown) ? shown : null;

    public void Progressed(string experiment, long iteration, long images, int workers, long epoch) => _shown[experiment] = (iteration, images, workers);

    public void ExperimentEnded(string experiment) => _shown.TryRemove(experiment, out _);

    public void ExperimentLeft(string experiment)
    {
        _shown.TryRemove(experiment, out _);
        _measured.TryRemove(experiment, out _);
    }

    /// <summary>Images of the snapshot whose figures are shown.</summary>
    public long? Measured(string experiment) => _measured.TryGetValue(experiment, out var images) ? images : null;

    /// <summary>What the gauges of the whole cluster show: experiments, nodes by role, and both queues.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    public void Experiments(IReadOnlyDictionary<ExperimentState, int> byState) => _counts["experiments"] = byState.Values.Sum();

    public void Nodes(string role, IReadOnlyDictionary<string, int> byState) => _counts[role] = byState.Values.Sum();

    public void QueueChanged(int length, DateTimeOffset? oldestSince) => _counts["queue"] = length;

    public void EvaluationQueueChanged(int length, DateTimeOffset? oldestSince) => _counts["evaluation queue"] = length;

    public void Assigned(int workers)
    {
    }

    public void Scheduled(string experiment, string traceParent, DateTimeOffset since)
    {
    }

    public void EpochEnded(string reason)
    {
    }

    public void Evaluated(string experiment, SnapshotRecord snapshot, IReadOnlyList<SnapshotRecord> all) => _measured[experiment] = snapshot.Images;
}

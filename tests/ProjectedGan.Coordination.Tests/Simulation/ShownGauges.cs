using System.Collections.Concurrent;
using ProjectedGan.Coordination.Experiments;

namespace ProjectedGan.Coordination.Tests.Simulation;

/// <summary>What the gauges of each experiment show; none where they were removed.</summary>
internal sealed class ShownGauges : ICoordinationObserver
{
    private readonly ConcurrentDictionary<string, (long Iteration, long Images, int Workers)> _shown = new();

    public (long Iteration, long Images, int Workers)? Of(string experiment) => _shown.TryGetValue(experiment, out var shown) ? shown : null;

    public void Progressed(string experiment, long iteration, long images, int workers, long epoch) => _shown[experiment] = (iteration, images, workers);

    public void ExperimentEnded(string experiment) => _shown.TryRemove(experiment, out _);

    public void Experiments(IReadOnlyDictionary<ExperimentState, int> byState)
    {
    }

    public void Nodes(string role, IReadOnlyDictionary<string, int> byState)
    {
    }

    public void QueueChanged(int length, DateTimeOffset? oldestSince)
    {
    }

    public void EvaluationQueueChanged(int length, DateTimeOffset? oldestSince)
    {
    }

    public void Assigned(int workers)
    {
    }

    public void Scheduled(string experiment, string traceParent, DateTimeOffset since)
    {
    }

    public void EpochEnded(string reason)
    {
    }

    public void Evaluated(string experiment, SnapshotRecord snapshot, IReadOnlyList<SnapshotRecord> all)
    {
    }
}

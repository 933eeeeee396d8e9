using ProjectedGan.Coordinator.Experiments;

namespace ProjectedGan.Coordinator;

/// <summary>Measures nothing.</summary>
internal sealed class SilentObserver : ICoordinationObserver
{
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

    public void Progressed(string experiment, long iteration, long images, int workers, long epoch)
    {
    }

    public void Evaluated(string experiment, SnapshotRecord snapshot, IReadOnlyList<SnapshotRecord> all)
    {
    }

    public void ExperimentEnded(string experiment)
    {
    }

    public void ExperimentLeft(string experiment)
    {
    }
}

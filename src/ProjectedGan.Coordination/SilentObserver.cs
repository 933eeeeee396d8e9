using ProjectedGan.Coordination.Experiments;

namespace ProjectedGan.Coordination;

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

    public void EpochEnded(string reason)
    {
    }

    public void Progressed(string experiment, long iteration, long images, int workers, long epoch)
    {
    }

    public void ExperimentEnded(string experiment)
    {
    }
}

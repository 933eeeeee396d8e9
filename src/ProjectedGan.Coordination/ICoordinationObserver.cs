using ProjectedGan.Coordination.Experiments;

namespace ProjectedGan.Coordination;

/// <summary>Hears what the grains measure; the host turns it into metrics. Calls come from any thread and must return quickly.</summary>
public interface ICoordinationObserver
{
    /// <summary>How many experiments are in each state; a state that is left out has none.</summary>
    void Experiments(IReadOnlyDictionary<ExperimentState, int> byState);

    /// <summary>How many nodes of a role (worker, evaluator) are in each state; a state that is left out has none.</summary>
    void Nodes(string role, IReadOnlyDictionary<string, int> byState);

    /// <summary>How many experiments wait for workers, and since when the oldest does; null where none waits.</summary>
    void QueueChanged(int length, DateTimeOffset? oldestSince);

    /// <summary>How many snapshots wait for evaluation, and since when the oldest does; null where none waits.</summary>
    void EvaluationQueueChanged(int length, DateTimeOffset? oldestSince);

    /// <summary>Workers were given to an experiment.</summary>
    void Assigned(int workers);

    /// <summary>A membership epoch ended. Reasons: lost, joined, left, failed, unreachable, checksum, expelled, stopped, unresponsive.</summary>
    void EpochEnded(string reason);

    /// <summary>Where a run is.</summary>
    void Progressed(string experiment, long iteration, long images, int workers, long epoch);

    /// <summary>The experiment trains no longer.</summary>
    void ExperimentEnded(string experiment);
}

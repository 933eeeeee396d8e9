namespace ProjectedGan.Coordinator.Contracts;

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

    /// <summary>An experiment that waited since then has its first workers.</summary>
    /// <param name="experiment">The experiment's id.</param>
    /// <param name="traceParent">Its submission's place in a trace; empty for none.</param>
    /// <param name="since">When it began to wait.</param>
    void Scheduled(string experiment, string traceParent, DateTimeOffset since);

    /// <summary>A membership epoch ended. Reasons: lost, joined, left, failed, unreachable, checksum, expelled, stopped, unresponsive, broken, unsaved.</summary>
    void EpochEnded(string reason);

    /// <summary>Where an experiment is that has begun to train. Called often, also where nothing has changed.</summary>
    /// <param name="experiment">The experiment's id.</param>
    /// <param name="iteration">Iterations that are known to be complete.</param>
    /// <param name="images">Images that these took.</param>
    /// <param name="workers">Members that train; 0 while it pauses, waits or changes its members.</param>
    /// <param name="epoch">Its membership epoch.</param>
    void Progressed(string experiment, long iteration, long images, int workers, long epoch);

    /// <summary>A snapshot was measured; the last one's result comes after the experiment's end.</summary>
    /// <param name="experiment">The experiment's id.</param>
    /// <param name="snapshot">What was measured.</param>
    /// <param name="all">All snapshots of the experiment, this one too.</param>
    void Evaluated(string experiment, SnapshotRecord snapshot, IReadOnlyList<SnapshotRecord> all);

    /// <summary>The experiment has ended. May be called again.</summary>
    void ExperimentEnded(string experiment);

    /// <summary>The grain of an experiment that has not ended is no longer in this process: another one may measure it from now on.</summary>
    void ExperimentLeft(string experiment);
}

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

/// <summary>The files that nodes fetch; the host keeps them.</summary>
public interface IHeldArtifacts
{
    /// <summary>
    /// Whether a file can be fetched as a whole; true as well where that cannot be found out, for experiments go back to an older checkpoint, or
    /// fail, for a file that is gone. Called often, from any thread, and must return quickly.
    /// </summary>
    bool Has(ArtifactReference artifact);
}

/// <summary>For hosts without files.</summary>
internal sealed class AllArtifacts : IHeldArtifacts
{
    public bool Has(ArtifactReference artifact) => true;
}

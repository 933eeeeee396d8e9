using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.Training.Iteration;

/// <summary>The real images of a worker's replicas.</summary>
public interface IRealBatches : IDisposable
{
    /// <summary>
    /// The batch of one replica; blocks until it is decoded. Called once for each hosted replica, iteration by iteration, by the lanes
    /// side by side, so in any order within an iteration.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    RealBatch Take(long iteration, int replica, CancellationToken cancellationToken);

    /// <summary>Forgets what was read ahead, if anything: from now on other replicas are asked for, at any iteration.</summary>
    void Restart(ReplicaRange hosted)
    {
    }
}

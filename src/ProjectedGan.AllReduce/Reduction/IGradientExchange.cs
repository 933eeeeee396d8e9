namespace ProjectedGan.AllReduce.Reduction;

/// <summary>
/// Completes sums over all replicas of a run between the workers that hold them. One object a worker, called by its training thread
/// only. Buckets are submitted as soon as they are ready and awaited before the update, so that an implementation may send early
/// buckets while later ones are still being computed.
/// </summary>
public interface IGradientExchange : IDisposable
{
    /// <summary>Hands over this worker's share of one bucket; returns at once.</summary>
    /// <param name="key">The same on every worker.</param>
    /// <param name="partials">
    /// The sums of this worker's maximal subtrees, ascending, at least one, all of one length and type. They belong to the exchange
    /// until <see cref="IPendingReduction.Wait"/> returns.
    /// </param>
    IPendingReduction Submit(ReductionKey key, IReadOnlyList<SubtreeSum> partials);
}

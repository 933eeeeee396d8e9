using static TorchSharp.torch;

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

/// <summary>A bucket under way.</summary>
public interface IPendingReduction
{
    /// <summary>
    /// Blocks until the sum over all replicas is there and returns it. It lies in the tensor of the first partial that was submitted,
    /// which is overwritten.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up or the exchange was aborted.</exception>
    Tensor Wait(CancellationToken cancellationToken);
}

/// <summary>Names one reduction of a run; every worker submits the same keys in the same order.</summary>
/// <param name="Iteration">The iteration, from 0.</param>
/// <param name="Phase">What is reduced.</param>
/// <param name="Bucket">The slice of the flat tensor, from 0.</param>
public readonly record struct ReductionKey(long Iteration, ReductionPhase Phase, int Bucket)
{
    public override string ToString() => $"iteration {Iteration}, {Phase}, bucket {Bucket}";
}

/// <summary>The reductions of one iteration, in order.</summary>
public enum ReductionPhase
{
    /// <summary>The generator's gradients.</summary>
    Generator,

    /// <summary>The discriminators' gradients.</summary>
    Discriminator,

    /// <summary>Running statistics of BatchNorm and the losses.</summary>
    Statistics,
}

/// <summary>The sum of one flat tensor over the replicas of one node of the canonical tree.</summary>
/// <param name="Range">A node of the <see cref="CanonicalTree"/>.</param>
/// <param name="Sum">One-dimensional and contiguous; the holder of the record may overwrite it.</param>
public sealed record SubtreeSum(ReplicaRange Range, Tensor Sum);

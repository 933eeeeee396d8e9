using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Reduction;

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

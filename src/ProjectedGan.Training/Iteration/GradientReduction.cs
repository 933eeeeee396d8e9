using ProjectedGan.Training.Reduction;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>Sends a worker's partial sums through the exchange in buckets and averages the totals.</summary>
/// <param name="exchange">The worker's end.</param>
/// <param name="replicas">V.</param>
/// <param name="bucketElements">Elements a bucket; only speed depends on it.</param>
internal sealed class GradientReduction(IGradientExchange exchange, int replicas, long bucketElements)
{
    /// <summary>The mean over all replicas, in the tensor of the first partial.</summary>
    public Tensor Average(long iteration, ReductionPhase phase, IReadOnlyList<SubtreeSum> partials, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var flat = partials[0].Sum;
        var length = flat.NumberOfElements;
        var pending = new List<IPendingReduction>();
        for (long start = 0; start < length; start += bucketElements)
        {
            var count = Math.Min(bucketElements, length - start);
            var key = new ReductionKey(iteration, phase, pending.Count);
            pending.Add(exchange.Submit(key, count == length
                ? partials
                : [.. partials.Select(partial => new SubtreeSum(partial.Range, partial.Sum.narrow(0, start, count)))]));
        }
        foreach (var bucket in pending)
        {
            bucket.Wait(cancellationToken);
        }
        if (replicas > 1)
        {
            flat.mul_(1.0 / replicas);
        }
        return flat;
    }
}

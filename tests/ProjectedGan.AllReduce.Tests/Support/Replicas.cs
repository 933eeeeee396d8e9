using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>Values of replicas, the partial sums that workers hold of them, and the sum as one worker forms it.</summary>
internal sealed class Replicas(int count, long elements, ScalarType type, WireType wire, int seed)
{
    private readonly CanonicalTree _tree = new(count);

    /// <summary>The sums of a worker's maximal subtrees.</summary>
    public IReadOnlyList<SubtreeSum> Partials(ReplicaRange hosted) => [.. _tree.MaximalSubtrees(hosted).Select(node => new SubtreeSum(node, Sum(node)))];

    /// <summary>What one worker that holds all replicas forms; independent of the code under test.</summary>
    public byte[] Expected()
    {
        using var sum = Sum(_tree.Root);
        return TensorBytes.Span(sum).ToArray();
    }

    /// <summary>Ways to spread the replicas over workers.</summary>
    public static ReplicaRange[] Split(int replicas, Random random, int mostWorkers)
    {
        var workers = random.Next(1, Math.Min(replicas, mostWorkers) + 1);
        int[] cuts = [0, .. Enumerable.Range(1, replicas - 1).OrderBy(_ => random.Next()).Take(workers - 1).Order(), replicas];
        return [.. cuts.Zip(cuts.Skip(1), (first, end) => new ReplicaRange(first, end))];
    }

    private Tensor Sum(ReplicaRange node)
    {
        if (node.Count == 1)
        {
            return Rounded(Leaf(node.First));
        }
        var (left, right) = CanonicalTree.Children(node);
        var total = Sum(left);
        using var addend = Sum(right);
        return Rounded(total.add_(addend));
    }

    private Tensor Rounded(Tensor values)
    {
        if (wire == WireType.BFloat16 && type == ScalarType.Float32)
        {
            foreach (ref var value in TensorBytes.Span<float>(values))
            {
                value = BFloat16Rounding.FromBits(BFloat16Rounding.ToBits(value));
            }
        }
        return values;
    }

    // Widely spread magnitudes, so that every other order of additions gives other bits.
    private Tensor Leaf(int replica)
    {
        var random = new Random(HashCode.Combine(seed, replica));
        var values = empty([elements], type);
        if (type == ScalarType.Float64)
        {
            foreach (ref var value in TensorBytes.Span<double>(values))
            {
                value = (random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-30, 30));
            }
        }
        else
        {
            foreach (ref var value in TensorBytes.Span<float>(values))
            {
                value = (random.NextSingle() - 0.5f) * MathF.Pow(2, random.Next(-12, 12));
            }
        }
        return values;
    }
}

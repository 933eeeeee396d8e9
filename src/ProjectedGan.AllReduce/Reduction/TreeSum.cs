using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Reduction;

/// <summary>Completes the canonical tree from the partial sums of all workers.</summary>
public static class TreeSum
{
    /// <summary>The sum over all replicas as a new tensor; the partial sums stay as they are.</summary>
    /// <param name="tree">The tree over all replicas.</param>
    /// <param name="partials">Nodes that cover every replica once, in any order.</param>
    /// <param name="wire">How nodes are rounded; the partial sums already are.</param>
    /// <exception cref="ArgumentException">A replica is missing or a range is no node.</exception>
    public static Tensor Complete(CanonicalTree tree, IEnumerable<SubtreeSum> partials, WirePrecision wire = WirePrecision.Float32) =>
        Sum(tree.Root, partials.ToDictionary(partial => partial.Range, partial => partial.Sum), wire);

    private static Tensor Sum(ReplicaRange node, Dictionary<ReplicaRange, Tensor> sums, WirePrecision wire)
    {
        if (sums.TryGetValue(node, out var sum))
        {
            return sum.clone();
        }
        if (node.Count == 1)
        {
            throw new ArgumentException($"No partial sum covers replica {node}.", nameof(sums));
        }
        var (left, right) = CanonicalTree.Children(node);
        var total = Sum(left, sums, wire);
        using var addend = Sum(right, sums, wire);
        total.AddInPlace(addend);
        NodeRounding.Round(total, wire);
        return total;
    }
}

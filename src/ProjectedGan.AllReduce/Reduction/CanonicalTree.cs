using System.Numerics;

namespace ProjectedGan.AllReduce.Reduction;

/// <summary>
/// The fixed binary tree along which sums over replicas are taken: floating-point addition is not associative, so the order belongs
/// to the result and must not depend on which worker holds which replica. A node of n > 1 replicas splits at the largest power of two
/// below n, so that every node but those on the right edge is an aligned power of two, and folding replicas in ascending order works
/// like a binary counter. Immutable.
/// </summary>
public sealed class CanonicalTree
{
    /// <param name="replicas">V, at least 1.</param>
    public CanonicalTree(int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        Root = new ReplicaRange(0, replicas);
    }

    /// <summary>All replicas, 0 to V-1.</summary>
    public ReplicaRange Root { get; }

    /// <summary>The two halves whose sum a node of more than one replica is.</summary>
    public static (ReplicaRange Left, ReplicaRange Right) Children(ReplicaRange node)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(node.Count, 2);
        var middle = node.First + (1 << BitOperations.Log2((uint)node.Count - 1));
        return (new ReplicaRange(node.First, middle), new ReplicaRange(middle, node.End));
    }

    /// <summary>The largest nodes inside a range, in ascending order; together they are exactly the range.</summary>
    /// <exception cref="ArgumentException">The range is empty or leaves the tree.</exception>
    public IReadOnlyList<ReplicaRange> MaximalSubtrees(ReplicaRange range)
    {
        if (range.Count < 1 || !Root.Contains(range))
        {
            throw new ArgumentException($"Replicas {range.First} to {range.End - 1} are no part of 0 to {Root.End - 1}.", nameof(range));
        }
        var found = new List<ReplicaRange>();
        Collect(Root, range, found);
        return found;
    }

    /// <summary>The node that <paramref name="node"/> is a half of; null at the root.</summary>
    /// <exception cref="ArgumentException">The range is no node of the tree.</exception>
    public ReplicaRange? Parent(ReplicaRange node)
    {
        if (node == Root)
        {
            return null;
        }
        var parent = Root;
        while (parent.Count > 1)
        {
            var (left, right) = Children(parent);
            if (node == left || node == right)
            {
                return parent;
            }
            parent = left.Contains(node) ? left : right;
        }
        throw new ArgumentException($"Replicas {node} are no node of the tree over 0 to {Root.End - 1}.", nameof(node));
    }

    private static void Collect(ReplicaRange node, ReplicaRange range, List<ReplicaRange> found)
    {
        if (range.Contains(node))
        {
            found.Add(node);
        }
        else if (range.Overlaps(node))
        {
            var (left, right) = Children(node);
            Collect(left, range, found);
            Collect(right, range, found);
        }
    }
}

/// <summary>Consecutive replicas.</summary>
/// <param name="First">The first replica.</param>
/// <param name="End">The first replica behind the range.</param>
public readonly record struct ReplicaRange(int First, int End)
{
    public int Count => End - First;

    public bool Contains(ReplicaRange other) => First <= other.First && other.End <= End;

    public bool Contains(int replica) => First <= replica && replica < End;

    public bool Overlaps(ReplicaRange other) => First < other.End && other.First < End;

    public override string ToString() => Count == 1 ? $"{First}" : $"{First}-{End - 1}";
}

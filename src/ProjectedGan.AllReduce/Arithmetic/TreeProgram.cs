using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Arithmetic;

/// <summary>
/// The canonical tree from the maximal subtrees of all members up to the root, as instructions for a stack: a number from 0 pushes
/// that leaf, <see cref="Add"/> replaces the two topmost entries by their sum, the lower one being the left operand. Immutable.
/// </summary>
internal sealed class TreeProgram
{
    public const int Add = -1;

    private readonly int[] _instructions;

    /// <param name="tree">The tree over all replicas.</param>
    /// <param name="shares">Replicas of each member, ascending; together they are the root.</param>
    public TreeProgram(CanonicalTree tree, IReadOnlyList<ReplicaRange> shares)
    {
        var leaves = new List<ReplicaRange>();
        var firstLeaf = new int[shares.Count + 1];
        for (var member = 0; member < shares.Count; member++)
        {
            leaves.AddRange(tree.MaximalSubtrees(shares[member]));
            firstLeaf[member + 1] = leaves.Count;
        }
        Leaves = leaves;
        FirstLeaf = firstLeaf;
        var instructions = new List<int>();
        Emit(tree.Root, instructions);
        _instructions = [.. instructions];
        Depth = _instructions.Aggregate((Now: 0, Most: 0), (depth, instruction) =>
            (depth.Now + (instruction == Add ? -1 : 1), Math.Max(depth.Most, depth.Now + 1))).Most;
    }

    /// <summary>The maximal subtrees of all members, ascending.</summary>
    public IReadOnlyList<ReplicaRange> Leaves { get; }

    /// <summary>Member m holds the leaves from entry m up to entry m + 1.</summary>
    public IReadOnlyList<int> FirstLeaf { get; }

    public ReadOnlySpan<int> Instructions => _instructions;

    /// <summary>The most entries that the stack holds.</summary>
    public int Depth { get; }

    /// <summary>Index of a node among the leaves; -1 if it is none.</summary>
    public int LeafOf(ReplicaRange node)
    {
        for (var i = 0; i < Leaves.Count; i++)
        {
            if (Leaves[i] == node)
            {
                return i;
            }
        }
        return -1;
    }

    private void Emit(ReplicaRange node, List<int> instructions)
    {
        var leaf = LeafOf(node);
        if (leaf >= 0)
        {
            instructions.Add(leaf);
            return;
        }
        var (left, right) = CanonicalTree.Children(node);
        Emit(left, instructions);
        Emit(right, instructions);
        instructions.Add(Add);
    }
}

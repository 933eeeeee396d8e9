using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Reduction;

/// <summary>
/// Folds the flat tensors of a worker's replicas into the sums of its maximal subtrees. Replicas may arrive in any order and from any
/// thread; the bits do not depend on it, because only the two complete halves of a node are ever added. With replicas in ascending
/// order at most log2(V) + lanes buffers live at once.
/// </summary>
public sealed class SubtreeAccumulator : IDisposable
{
    private readonly CanonicalTree _tree;
    private readonly IReadOnlyList<ReplicaRange> _targets;
    private readonly Dictionary<ReplicaRange, Tensor> _complete = [];
    private readonly Stack<Tensor> _free = new();
    private readonly Func<Tensor> _allocate;
    private readonly WirePrecision _wire;
    private readonly Lock _lock = new();

    /// <param name="tree">The tree over all replicas of the run.</param>
    /// <param name="hosted">The replicas that this worker computes.</param>
    /// <param name="allocate">Makes one flat buffer; all buffers have the same length. The accumulator disposes them.</param>
    /// <param name="wire">How nodes are rounded.</param>
    public SubtreeAccumulator(CanonicalTree tree, ReplicaRange hosted, Func<Tensor> allocate, WirePrecision wire = WirePrecision.Float32)
    {
        _wire = wire;
        _tree = tree;
        _targets = tree.MaximalSubtrees(hosted);
        _allocate = allocate;
    }

    /// <summary>A buffer to fill with one replica's values and to hand to <see cref="Add"/>; its contents are undefined.</summary>
    public Tensor Rent()
    {
        lock (_lock)
        {
            return _free.Count > 0 ? _free.Pop() : _allocate();
        }
    }

    /// <summary>Takes a buffer from <see cref="Rent"/> and adds whatever nodes are complete now.</summary>
    public void Add(int replica, Tensor values)
    {
        var node = new ReplicaRange(replica, replica + 1);
        NodeRounding.Round(values, _wire);
        while (TryTakeSibling(node, values) is var (parent, sibling, nodeIsLeft))
        {
            // Addition is commutative to the bit, but a fixed operand order keeps NaN payloads fixed as well.
            var (left, right) = nodeIsLeft ? (values, sibling) : (sibling, values);
            left.AddInPlace(right);
            NodeRounding.Round(left, _wire);
            GiveBack(right);
            (node, values) = (parent, left);
        }
    }

    /// <summary>
    /// The sums of the worker's maximal subtrees, in ascending order. They stay valid until <see cref="Reset"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">A hosted replica has not been added.</exception>
    public IReadOnlyList<SubtreeSum> Finish()
    {
        lock (_lock)
        {
            return [.. _targets.Select(target => _complete.TryGetValue(target, out var sum)
                ? new SubtreeSum(target, sum)
                : throw new InvalidOperationException($"The sum over replicas {target} is incomplete."))];
        }
    }

    /// <summary>Takes back a rented buffer that is not needed.</summary>
    public void GiveBack(Tensor buffer)
    {
        lock (_lock)
        {
            _free.Push(buffer);
        }
    }

    /// <summary>Gives all buffers back for the next phase, complete or not.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            foreach (var buffer in _complete.Values)
            {
                _free.Push(buffer);
            }
            _complete.Clear();
        }
    }

    public void Dispose()
    {
        Reset();
        while (_free.TryPop(out var buffer))
        {
            buffer.Dispose();
        }
    }

    private (ReplicaRange Parent, Tensor Sibling, bool NodeIsLeft)? TryTakeSibling(ReplicaRange node, Tensor values)
    {
        lock (_lock)
        {
            if (!_targets.Contains(node) && _tree.Parent(node) is { } parent)
            {
                var (left, right) = CanonicalTree.Children(parent);
                if (_complete.Remove(node == left ? right : left, out var sibling))
                {
                    return (parent, sibling, node == left);
                }
            }
            _complete.Add(node, values);
            return null;
        }
    }
}

/// <summary>
/// Rounds a node of the canonical tree as it travels. Every node is rounded, leaves and root included and whether it is sent or not, so
/// that the result does not show which nodes crossed a wire.
/// </summary>
public static class NodeRounding
{
    /// <summary>Rounds in place: nearest, ties to even.</summary>
    public static void Round(Tensor node, WirePrecision wire)
    {
        if (wire == WirePrecision.Float32)
        {
            return;
        }
        if (node.device.type == DeviceType.CPU && node.dtype == ScalarType.Float32)
        {
            // The arithmetic of the exchange itself: libtorch's conversions do not agree among themselves on NaN.
            BFloat16Rounding.Round(TensorBytes.Span<float>(node));
        }
        else
        {
            using var noGrad = no_grad();
            using var rounded = node.to_type(ScalarType.BFloat16);
            node.copy_(rounded);
        }
    }
}

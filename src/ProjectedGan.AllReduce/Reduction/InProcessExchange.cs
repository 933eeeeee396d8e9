using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Reduction;

/// <summary>The meeting point of workers that are threads of one process.</summary>
/// <remarks>
/// Every worker waits for all others at each bucket: the last to arrive completes the tree, then each copies the total into its own
/// buffer, and nobody goes on before all have copied.
/// </remarks>
public sealed class InProcessExchange : IDisposable
{
    private readonly CanonicalTree _tree;
    private readonly int _workers;
    private readonly WirePrecision _wire;
    private readonly Lock _lock = new();
    private readonly Dictionary<ReductionKey, Meeting> _meetings = [];
    private readonly CancellationTokenSource _aborted = new();

    /// <param name="tree">The tree over all replicas.</param>
    /// <param name="workers">How many workers take part; together their replicas are the tree's.</param>
    /// <param name="wire">How nodes of gradients are rounded.</param>
    public InProcessExchange(CanonicalTree tree, int workers, WirePrecision wire = WirePrecision.Float32)
    {
        _wire = wire;
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        _tree = tree;
        _workers = workers;
    }

    /// <summary>One worker's end; needed once for each worker.</summary>
    public IGradientExchange Join() => new Endpoint(this);

    /// <summary>Ends every wait with <see cref="OperationCanceledException"/>, because a worker failed.</summary>
    public void Abort() => _aborted.Cancel();

    public void Dispose() => _aborted.Dispose();

    private Meeting Arrive(ReductionKey key, IReadOnlyList<SubtreeSum> partials)
    {
        Meeting? meeting;
        lock (_lock)
        {
            if (!_meetings.TryGetValue(key, out meeting))
            {
                _meetings.Add(key, meeting = new Meeting(_workers));
            }
            meeting.Partials.AddRange(partials);
            if (++meeting.Arrived < _workers)
            {
                return meeting;
            }
            _meetings.Remove(key);
        }
        var wire = key.Phase == ReductionPhase.Statistics ? WirePrecision.Float32 : _wire;
        meeting.Total = TreeSum.Complete(_tree, meeting.Partials, wire).DetachFromDisposeScope();
        meeting.Ready.Set();
        return meeting;
    }

    private sealed class Meeting(int workers)
    {
        public List<SubtreeSum> Partials { get; } = [];

        public int Arrived { get; set; }

        public Tensor? Total { get; set; }

        public ManualResetEventSlim Ready { get; } = new();

        public CountdownEvent Copied { get; } = new(workers);
    }

    private sealed class Endpoint(InProcessExchange owner) : IGradientExchange
    {
        public IPendingReduction Submit(ReductionKey key, IReadOnlyList<SubtreeSum> partials) =>
            owner._workers == 1 && partials.Count == 1
                ? new Settled(partials[0].Sum)
                : new Pending(owner, owner.Arrive(key, partials), partials[0].Sum);

        public void Dispose()
        {
        }
    }

    private sealed class Settled(Tensor total) : IPendingReduction
    {
        public Tensor Wait(CancellationToken cancellationToken) => total;
    }

    private sealed class Pending(InProcessExchange owner, Meeting meeting, Tensor destination) : IPendingReduction
    {
        public Tensor Wait(CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, owner._aborted.Token);
            meeting.Ready.Wait(either.Token);
            destination.copy_(meeting.Total!);
            if (meeting.Copied.Signal())
            {
                meeting.Total!.Dispose();
            }
            meeting.Copied.Wait(either.Token);
            return destination;
        }
    }
}

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

using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// What the two sides of an exchange share: buckets under way and their peers. Everything that changes is guarded by <see cref="Lock"/>,
/// but for the outboxes and the gate, which guard themselves.
/// </summary>
internal sealed class ExchangeState
{
    public ExchangeState(GroupTopology topology, ExchangeLimits limits)
    {
        (Topology, Limits) = (topology, limits);
        var group = topology.Group;
        Peers = [.. group.Members.Select((member, index) => new PeerState(index, member.Worker, limits.EagerBytes))];
        Template = new FrameHeader { RunHash = FrameChecksum.RunHash(group.Run), Epoch = group.Epoch, Sender = topology.Self };
    }

    public Lock Lock { get; } = new();

    public GroupTopology Topology { get; }

    public ExchangeLimits Limits { get; }

    /// <summary>By member; this worker's own is unused.</summary>
    public IReadOnlyList<PeerState> Peers { get; }

    /// <summary>A header of this session's with everything else zero.</summary>
    public FrameHeader Template { get; }

    public TensorGate Gate { get; } = new();

    /// <summary>Buckets that this worker has submitted and that are not complete.</summary>
    public Dictionary<ReductionKey, BucketReduction> Live { get; } = [];

    public CompletedKeys Completed { get; } = new();

    /// <summary>Why the exchange stopped; null while it runs.</summary>
    public Exception? AbortReason { get; set; }

    /// <summary>All but this worker.</summary>
    public IEnumerable<PeerState> Others() => Peers.Where(peer => peer.Index != Topology.Self);

    /// <summary>The header of a frame about one chunk.</summary>
    public FrameHeader Header(FrameKind kind, BucketReduction reduction, int chunk)
    {
        var header = Template;
        header.Kind = kind;
        header.Phase = (byte)(reduction.Key.Phase + 1);
        header.Format = reduction.Format;
        header.Iteration = reduction.Key.Iteration;
        header.Bucket = reduction.Key.Bucket;
        header.BucketElements = reduction.Elements;
        header.Chunk = chunk;
        header.ChunkEnd = chunk + 1;
        return header;
    }

    /// <summary>Why a frame about a bucket that is not under way, and cannot be early, is refused.</summary>
    public RefusalReason NotLive(ReductionKey key) => Completed.Contains(key) ? RefusalReason.StaleKey : RefusalReason.Unsolicited;

    /// <summary>Hears that a frame's bytes have left the tensor.</summary>
    public void Written(TensorFrame frame)
    {
        lock (Lock)
        {
            if (frame.Header.Kind == FrameKind.Partial)
            {
                frame.Reduction.Remote[frame.Header.Chunk].ToWrite--;
            }
            else
            {
                frame.Reduction.ResultsToWrite--;
                EndIfComplete(frame.Reduction);
            }
        }
    }

    /// <summary>Lets the submitter go on once nothing touches the bucket any more. Under the lock.</summary>
    public void EndIfComplete(BucketReduction reduction)
    {
        if (reduction.IsComplete && Live.Remove(reduction.Key))
        {
            Completed.Add(reduction.Key);
            reduction.Complete();
        }
    }
}

/// <summary>
/// Which reductions are done, so that repeated frames are told from early ones. Only the newest iterations are kept one by one; all older
/// ones count as done.
/// </summary>
internal sealed class CompletedKeys
{
    private const int IterationsKept = 2;

    private readonly HashSet<ReductionKey> _keys = [];
    private long _newest = long.MinValue;

    public bool Contains(ReductionKey key) => IsBehind(key.Iteration) || _keys.Contains(key);

    public void Add(ReductionKey key)
    {
        _keys.Add(key);
        if (key.Iteration > _newest)
        {
            _newest = key.Iteration;
            _keys.RemoveWhere(old => IsBehind(old.Iteration));
        }
    }

    private bool IsBehind(long iteration) => _newest != long.MinValue && iteration <= _newest - IterationsKept;
}

/// <summary>
/// Keeps threads off the submitted tensors once a session has ended: every touch, a fraction of a millisecond each, is made inside, and
/// closing waits for those inside.
/// </summary>
internal sealed class TensorGate
{
    private const int Closed = 1 << 30;

    private int _state;

    /// <summary>False once the gate is closed; the caller must then leave the memory alone.</summary>
    public bool TryEnter()
    {
        if ((Interlocked.Increment(ref _state) & Closed) == 0)
        {
            return true;
        }
        Interlocked.Decrement(ref _state);
        return false;
    }

    public void Exit() => Interlocked.Decrement(ref _state);

    /// <summary>Lets nobody in any more and returns when everybody is out. Never called from inside.</summary>
    public void Close()
    {
        Interlocked.Or(ref _state, Closed);
        var spin = default(SpinWait);
        while (Volatile.Read(ref _state) != Closed)
        {
            spin.SpinOnce();
        }
    }
}

using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// The all-reduce of one worker in one membership epoch, without any transport: takes submissions and received frames, puts frames into
/// the outboxes of the peers. docs/collectives.md describes the protocol.
/// </summary>
/// <remarks>
/// Bookkeeping is done under one lock; copies, checks and sums are done outside, on the thread that received the frame, and inside the
/// <see cref="Gate"/>. The steps of a chunk: 1. its contributors send their partial sums (<see cref="ContributorSide"/>); 2. the last to
/// arrive lets the owner sum; 3. the owner sends the result to all (<see cref="OwnerSide"/>).
/// </remarks>
internal sealed class ReductionEngine : IDisposable
{
    private readonly ExchangeState _state;
    private readonly ContributorSide _contributor;
    private readonly OwnerSide _owner;
    private readonly ICollectiveObserver _observer;
    private long _submitted;

    public ReductionEngine(GroupTopology topology, ExchangeLimits limits, ICollectiveObserver observer)
    {
        _state = new ExchangeState(topology, limits);
        (_contributor, _owner) = (new ContributorSide(_state), new OwnerSide(_state));
        _observer = observer;
    }

    /// <inheritdoc cref="ExchangeState.Peers"/>
    public IReadOnlyList<PeerState> Peers => _state.Peers;

    public TensorGate Gate => _state.Gate;

    /// <inheritdoc cref="ExchangeState.Template"/>
    public FrameHeader Template => _state.Template;

    /// <inheritdoc cref="ExchangeState.AbortReason"/>
    public Exception? AbortReason
    {
        get
        {
            lock (_state.Lock)
            {
                return _state.AbortReason;
            }
        }
    }

    /// <summary>Sums that this worker has submitted so far, and whether one of them still waits for others.</summary>
    public (long Submitted, bool IsPending) Progress
    {
        get
        {
            lock (_state.Lock)
            {
                return (_submitted, _state.AbortReason is null && _state.Live.Count > 0);
            }
        }
    }

    /// <summary>What a wait or a write throws after an abort.</summary>
    public ExchangeAbortedException Aborted() => new(AbortReason ?? new ObjectDisposedException(nameof(ReductionEngine)));

    /// <inheritdoc cref="ExchangeState.Others"/>
    public IEnumerable<PeerState> Others() => _state.Others();

    /// <summary>Takes this worker's partial sums.</summary>
    /// <exception cref="ExchangeAbortedException">The engine was aborted.</exception>
    /// <exception cref="ArgumentException">The partial sums are not those of this worker's maximal subtrees, or no plain CPU tensors.</exception>
    /// <exception cref="InvalidOperationException">The key was submitted before.</exception>
    public IPendingReduction Submit(ReductionKey key, IReadOnlyList<SubtreeSum> partials)
    {
        var topology = _state.Topology;
        var submission = BucketSubmission.Check(topology, key, partials);
        var layout = new ChunkLayout(key, submission.Elements, submission.Format.WireBytes(), topology.Members, _state.Limits.ChunkBytes);
        var reduction = new BucketReduction(key, submission.Format, layout, submission.Tensors, submission.Addresses, topology, _observer);
        if (topology.Members == 1)
        {
            reduction.Complete();
            return reduction;
        }
        IReadOnlyList<(PeerState Peer, FrameBuffer Frame)> early;
        lock (_state.Lock)
        {
            ThrowIfAborted();
            if (_state.Completed.Contains(key) || !_state.Live.TryAdd(key, reduction))
            {
                throw new InvalidOperationException($"The sum of {key} was submitted before.");
            }
            _submitted++;
            foreach (var peer in Others())
            {
                _contributor.SendUnasked(reduction, peer);
            }
            early = _owner.TakeEarly(key);
        }
        foreach (var (peer, frame) in early)
        {
            Dispatch(peer, frame);
        }
        return reduction;
    }

    /// <summary>Checks that a frame is whole, of this run and epoch and from this peer. One that is not is given back.</summary>
    /// <returns>What it is; null if it was refused.</returns>
    public FrameKind? Verify(PeerState peer, FrameBuffer frame)
    {
        var header = frame.Header;
        if (!frame.IsWhole)
        {
            frame.Return();
            var detail = $"A frame of {frame.Length} bytes from worker '{peer.Worker}' was damaged on the way.";
            _observer.ChecksumFailed(peer.Worker, detail);
            Abort(new CollectiveException(detail));
            return null;
        }
        RefusalReason? refusal = header.RunHash != Template.RunHash ? RefusalReason.ForeignRun
            : header.Epoch != Template.Epoch ? RefusalReason.StaleEpoch
            : header.Sender != peer.Index ? RefusalReason.WrongSender
            : null;
        if (refusal is { } reason)
        {
            Refuse(peer, reason, frame);
            return null;
        }
        return header.Kind;
    }

    /// <summary>Takes a verified frame and, whatever comes of it, the buffer.</summary>
    public void Dispatch(PeerState peer, FrameBuffer frame)
    {
        var header = frame.Header;
        var (refusal, isKept) = header.Kind switch
        {
            FrameKind.Announce => _owner.AcceptAnnouncement(peer, header, frame),
            FrameKind.Grant => (_contributor.AcceptGrant(peer, header), false),
            FrameKind.Partial => _owner.AcceptPartial(peer, header, frame),
            FrameKind.Result => (_contributor.AcceptResult(peer, header, frame), false),
            FrameKind.Void => (null, false),
            _ => (RefusalReason.Malformed, false),
        };
        if (refusal is { } reason)
        {
            Refuse(peer, reason, frame);
        }
        else if (!isKept)
        {
            frame.Return();
        }
    }

    /// <summary>Hears that a peer has closed its streams in good order.</summary>
    public void Left(PeerState peer)
    {
        bool isNeeded;
        lock (_state.Lock)
        {
            peer.HasLeft = true;
            isNeeded = _state.Live.Values.Any(reduction => reduction.Expects(peer.Index));
        }
        if (isNeeded)
        {
            Abort(new CollectiveException($"Worker '{peer.Worker}' left before the sum was complete."));
        }
    }

    /// <summary>Ends every wait; when it returns no thread touches a submitted tensor any more. The first reason stays.</summary>
    public void Abort(Exception reason)
    {
        lock (_state.Lock)
        {
            _state.AbortReason ??= reason;
        }
        Gate.Close();
        lock (_state.Lock)
        {
            foreach (var reduction in _state.Live.Values)
            {
                reduction.Fail(new ExchangeAbortedException(_state.AbortReason));
            }
            _owner.Clear();
            _state.Live.Clear();
        }
    }

    public void Dispose()
    {
        Abort(new ObjectDisposedException(nameof(ReductionEngine)));
        foreach (var peer in Peers)
        {
            peer.Dispose();
        }
    }

    private void Refuse(PeerState peer, RefusalReason reason, FrameBuffer frame)
    {
        var header = frame.Header;
        if (frame.Charged > 0)
        {
            lock (_state.Lock)
            {
                peer.Charged -= frame.Charged;
            }
        }
        frame.Return();
        _observer.Refused(peer.Worker, reason);
        // The peer counts on these, so that the sum can never be complete; anything else that is refused was superfluous.
        if (reason is RefusalReason.Mismatch or RefusalReason.OverCredit)
        {
            Abort(new CollectiveException(reason == RefusalReason.Mismatch
                ? $"Worker '{peer.Worker}' holds {header.BucketElements} {header.Format} elements for {header.Key}, which differs from this worker."
                : $"Worker '{peer.Worker}' sent more unasked than {_state.Limits.EagerBytes} bytes."));
        }
    }

    private void ThrowIfAborted()
    {
        if (_state.AbortReason is not null)
        {
            throw new ExchangeAbortedException(_state.AbortReason);
        }
        if (Peers.FirstOrDefault(peer => peer.HasLeft) is { } gone)
        {
            throw new ExchangeAbortedException(new CollectiveException($"Worker '{gone.Worker}' has left."));
        }
    }
}

/// <summary>What an engine keeps of one peer; guarded by the engine's lock, but for the outbox.</summary>
internal sealed class PeerState(int index, string worker, int eagerBytes) : IDisposable
{
    public int Index => index;

    public string Worker => worker;

    public Outbox Outbox { get; } = new();

    /// <summary>What this worker may still send it unasked.</summary>
    public int Credit { get; set; } = eagerBytes;

    /// <summary>What it has sent unasked and this worker holds.</summary>
    public int Charged { get; set; }

    /// <summary>Its announcements of buckets that are not yet submitted here.</summary>
    public int EarlyAnnouncements { get; set; }

    /// <summary>Set when it has closed its streams: it will send nothing more.</summary>
    public bool HasLeft { get; set; }

    public void Dispose() => Outbox.Dispose();
}

/// <summary>A worker's share of a bucket, checked.</summary>
internal sealed record BucketSubmission(ElementFormat Format, Tensor[] Tensors, nint[] Addresses, long Elements)
{
    /// <exception cref="ArgumentException">The partial sums are not those of this worker's maximal subtrees, or no plain CPU tensors of one length and type.</exception>
    public static BucketSubmission Check(GroupTopology topology, ReductionKey key, IReadOnlyList<SubtreeSum> partials)
    {
        var nodes = topology.Program.Leaves.Skip(topology.Program.FirstLeaf[topology.Self]).Take(topology.LeavesOf(topology.Self));
        if (!nodes.SequenceEqual(partials.Select(partial => partial.Range)))
        {
            throw new ArgumentException(
                $"Partial sums over replicas {string.Join(", ", partials.Select(partial => partial.Range))} were submitted; this worker's are {string.Join(", ", nodes)}.",
                nameof(partials));
        }
        Tensor[] tensors = [.. partials.Select(partial => partial.Sum)];
        var (elements, type) = (tensors[0].NumberOfElements, tensors[0].dtype);
        if (elements < 1 || tensors.Any(tensor => !tensor.is_cpu() || !tensor.is_contiguous() || tensor.NumberOfElements != elements || tensor.dtype != type))
        {
            throw new ArgumentException($"Partial sums of {key} must be contiguous CPU tensors of one type and one length, at least 1.", nameof(partials));
        }
        return new BucketSubmission(FormatOf(topology.Group.Wire, key.Phase, type), tensors, [.. tensors.Select(tensor => TensorBytes.Memory(tensor).Address)], elements);
    }

    private static ElementFormat FormatOf(WireType wire, ReductionPhase phase, ScalarType type) => type switch
    {
        ScalarType.Float64 => ElementFormat.Float64,
        ScalarType.Float32 when wire == WireType.BFloat16 && phase != ReductionPhase.Statistics => ElementFormat.BFloat16,
        ScalarType.Float32 => ElementFormat.Float32,
        _ => throw new ArgumentException($"Tensors of type {type} cannot be summed; use float32 or float64."),
    };
}

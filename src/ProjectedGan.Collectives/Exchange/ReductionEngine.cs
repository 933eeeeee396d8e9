using ProjectedGan.Collectives.Framing;
using ProjectedGan.Collectives.Sessions;
using ProjectedGan.Training.Reduction;

namespace ProjectedGan.Collectives.Exchange;

/// <summary>
/// The all-reduce of one worker in one membership epoch, without any transport: takes submissions and received frames, puts frames into
/// the outboxes of the peers. docs/collectives.md describes the protocol.
/// </summary>
/// <remarks>
/// Bookkeeping is done under one lock; copies, checks and sums are done outside, on the thread that received the frame, and inside the
/// <see cref="Gate"/>. The steps of a chunk: 1. its contributors send their partial sums, unasked within their credit, else when granted;
/// 2. the last to arrive lets the owner sum; 3. the owner sends the result to all.
/// </remarks>
internal sealed class ReductionEngine : IDisposable
{
    private readonly Lock _lock = new();
    private readonly GroupTopology _topology;
    private readonly ExchangeLimits _limits;
    private readonly ICollectiveObserver _observer;
    private readonly Dictionary<ReductionKey, BucketReduction> _live = [];
    private readonly EarlyFrames _early;
    private readonly CompletedKeys _completed = new();
    private readonly GrantQueue _grants;
    private readonly FrameHeader _template;
    private Exception? _abortReason;

    public ReductionEngine(GroupTopology topology, ExchangeLimits limits, ICollectiveObserver observer)
    {
        (_topology, _limits, _observer) = (topology, limits, observer);
        var group = topology.Group;
        Peers = [.. group.Members.Select((member, index) => new PeerState(index, member.Worker, limits.EagerBytes))];
        _template = new FrameHeader { RunHash = FrameChecksum.RunHash(group.Run), Epoch = group.Epoch, Sender = topology.Self };
        _grants = new GrantQueue(topology, limits.GrantedBytes, Peers, Header);
        _early = new EarlyFrames(limits.EagerBytes);
    }

    /// <summary>By member; this worker's own is unused.</summary>
    public IReadOnlyList<PeerState> Peers { get; }

    public TensorGate Gate { get; } = new();

    /// <summary>A header of this session's with everything else zero.</summary>
    public FrameHeader Template => _template;

    /// <summary>Why the engine stopped; null while it runs.</summary>
    public Exception? AbortReason
    {
        get
        {
            lock (_lock)
            {
                return _abortReason;
            }
        }
    }

    /// <summary>What a wait or a write throws after an abort.</summary>
    public ExchangeAbortedException Aborted() => new(AbortReason ?? new ObjectDisposedException(nameof(ReductionEngine)));

    /// <summary>Takes this worker's partial sums.</summary>
    /// <exception cref="ExchangeAbortedException">The engine was aborted.</exception>
    /// <exception cref="ArgumentException">The partial sums are not those of this worker's maximal subtrees, or no plain CPU tensors.</exception>
    /// <exception cref="InvalidOperationException">The key was submitted before.</exception>
    public IPendingReduction Submit(ReductionKey key, IReadOnlyList<SubtreeSum> partials)
    {
        var submission = Submission.Check(_topology, key, partials);
        var layout = new ChunkLayout(key, submission.Elements, submission.Format.WireBytes(), _topology.Members, _limits.ChunkBytes);
        var reduction = new BucketReduction(key, submission.Format, layout, submission.Tensors, submission.Addresses, _topology, _observer);
        if (_topology.Members == 1)
        {
            reduction.Complete();
            return reduction;
        }
        IReadOnlyList<(PeerState Peer, FrameBuffer Frame)> early;
        lock (_lock)
        {
            ThrowIfAborted();
            if (_completed.Contains(key) || !_live.TryAdd(key, reduction))
            {
                throw new InvalidOperationException($"The sum of {key} was submitted before.");
            }
            foreach (var peer in Others())
            {
                SendUnasked(reduction, peer);
            }
            early = _early.Take(key);
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
        RefusalReason? refusal = null;
        if (header.Magic != FrameHeader.CurrentMagic || header.PayloadBytes != frame.Length - FrameHeader.Bytes
            || header.Checksum != FrameChecksum.Compute(header, frame.Payload))
        {
            frame.Return();
            var detail = $"A frame of {frame.Length} bytes from worker '{peer.Worker}' was damaged on the way.";
            _observer.ChecksumFailed(peer.Worker, detail);
            Abort(new CollectiveException(detail));
            return null;
        }
        if (header.RunHash != _template.RunHash)
        {
            refusal = RefusalReason.ForeignRun;
        }
        else if (header.Epoch != _template.Epoch || header.Sender != peer.Index)
        {
            refusal = header.Epoch != _template.Epoch ? RefusalReason.StaleEpoch : RefusalReason.WrongSender;
        }
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
        switch (header.Kind)
        {
            case FrameKind.Announce:
                AcceptAnnouncement(peer, header, frame);
                break;
            case FrameKind.Grant:
                AcceptGrant(peer, header, frame);
                break;
            case FrameKind.Partial:
                AcceptPartial(peer, header, frame);
                break;
            case FrameKind.Result:
                AcceptResult(peer, header, frame);
                break;
            case FrameKind.Void:
                frame.Return();
                break;
            default:
                Refuse(peer, RefusalReason.Malformed, frame);
                break;
        }
    }

    /// <summary>Hears that a frame's bytes have left the tensor.</summary>
    public void Written(TensorFrame frame)
    {
        lock (_lock)
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

    /// <summary>Hears that a peer has closed its streams in good order.</summary>
    public void Left(PeerState peer)
    {
        bool isNeeded;
        lock (_lock)
        {
            peer.HasLeft = true;
            isNeeded = _live.Values.Any(reduction => reduction.Expects(peer.Index));
        }
        if (isNeeded)
        {
            Abort(new CollectiveException($"Worker '{peer.Worker}' left before the sum was complete."));
        }
    }

    /// <summary>Ends every wait; when it returns no thread touches a submitted tensor any more. The first reason stays.</summary>
    public void Abort(Exception reason)
    {
        lock (_lock)
        {
            _abortReason ??= reason;
        }
        Gate.Close();
        lock (_lock)
        {
            foreach (var reduction in _live.Values)
            {
                reduction.Fail(new ExchangeAbortedException(_abortReason));
                foreach (var partial in reduction.Owned.SelectMany(chunk => chunk.Partials))
                {
                    partial?.Return();
                }
            }
            _live.Clear();
            _early.Clear();
        }
    }

    public void Dispose()
    {
        Abort(new ObjectDisposedException(nameof(CollectiveSession)));
        foreach (var peer in Peers)
        {
            peer.Dispose();
        }
    }

    /// <summary>All but this worker.</summary>
    public IEnumerable<PeerState> Others() => Peers.Where(peer => peer.Index != _topology.Self);

    private FrameHeader Header(FrameKind kind, BucketReduction reduction, int chunk)
    {
        var header = _template;
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

    // Step 1, contributor.
    private void SendUnasked(BucketReduction reduction, PeerState owner)
    {
        var (first, end) = reduction.Layout.Of(owner.Index);
        var leaves = _topology.LeavesOf(_topology.Self);
        for (var chunk = first; chunk < end; chunk++)
        {
            var cost = leaves * FrameBufferPool.Cost(reduction.Layout[chunk].Elements * reduction.Format.WireBytes());
            if (cost > owner.Credit)
            {
                owner.Outbox.Add(new MessageFrame(Header(FrameKind.Announce, reduction, chunk), []), OutboxPriority.Control);
                return;
            }
            owner.Credit -= cost;
            reduction.Remote[chunk].Charged = cost;
            SendPartials(reduction, owner, chunk);
        }
    }

    private void SendPartials(BucketReduction reduction, PeerState owner, int chunk)
    {
        var (offset, elements, _) = reduction.Layout[chunk];
        reduction.Remote[chunk].Sent = true;
        reduction.Remote[chunk].ToWrite = reduction.Addresses.Length;
        var header = Header(FrameKind.Partial, reduction, chunk);
        for (var i = 0; i < reduction.Addresses.Length; i++)
        {
            (header.NodeFirst, header.NodeEnd) = _topology.Program.Leaves[_topology.Program.FirstLeaf[_topology.Self] + i];
            var source = reduction.Addresses[i] + (nint)(offset * reduction.Format.MemoryBytes());
            owner.Outbox.Add(new TensorFrame(this, reduction, header, source, elements), OutboxPriority.Partial);
        }
    }

    private void AcceptGrant(PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        RefusalReason? refusal = null;
        lock (_lock)
        {
            if (!_live.TryGetValue(header.Key, out var reduction))
            {
                refusal = _completed.Contains(header.Key) ? RefusalReason.StaleKey : RefusalReason.Unsolicited;
            }
            else if (reduction.Layout.Of(peer.Index) is var (first, end) && (header.Chunk < first || header.ChunkEnd > end || header.ChunkEnd <= header.Chunk))
            {
                refusal = RefusalReason.Malformed;
            }
            else
            {
                for (var chunk = header.Chunk; chunk < header.ChunkEnd; chunk++)
                {
                    if (!reduction.Remote[chunk].Sent)
                    {
                        SendPartials(reduction, peer, chunk);
                    }
                }
            }
        }
        Finish(peer, refusal, frame);
    }

    private void AcceptAnnouncement(PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        RefusalReason? refusal = null;
        lock (_lock)
        {
            if (_live.TryGetValue(header.Key, out var reduction))
            {
                refusal = Mismatch(reduction, header)
                    ?? (header.Chunk < reduction.FirstOwned || header.Chunk >= reduction.EndOwned ? RefusalReason.Malformed
                    : reduction.AnnouncedFrom[peer.Index] >= 0 ? RefusalReason.Duplicate
                    : (RefusalReason?)null);
                if (refusal is null)
                {
                    reduction.AnnouncedFrom[peer.Index] = header.Chunk;
                    _grants.Welcome(reduction, peer);
                }
            }
            else
            {
                refusal = KeepForLater(peer, header, frame, out var isKept);
                if (isKept)
                {
                    return;
                }
            }
        }
        Finish(peer, refusal, frame);
    }

    // After an abort nothing is kept, for nobody would give it back.
    private RefusalReason? KeepForLater(PeerState peer, FrameHeader header, FrameBuffer frame, out bool isKept)
    {
        var refusal = _abortReason is not null ? null
            : _completed.Contains(header.Key) ? RefusalReason.StaleKey
            : _early.Keep(peer, header, frame);
        isKept = refusal is null && _abortReason is null;
        return refusal;
    }

    // Step 1, owner.
    private void AcceptPartial(PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        RefusalReason? refusal;
        BucketReduction? reduction;
        var isLast = false;
        lock (_lock)
        {
            if (!_live.TryGetValue(header.Key, out reduction))
            {
                refusal = KeepForLater(peer, header, frame, out var isKept);
                if (isKept)
                {
                    return;
                }
            }
            else if ((refusal = CheckPartial(reduction, peer, header, frame)) is null)
            {
                var owned = reduction.Owned[header.Chunk - reduction.FirstOwned];
                owned.Partials[_topology.Program.LeafOf(header.Node)] = frame;
                isLast = --owned.Missing == 0;
                reduction.PartialsToReceive[peer.Index]--;
                _grants.Consider(reduction);
            }
        }
        if (refusal is not null || reduction is null)
        {
            Finish(peer, refusal, frame);
        }
        else if (isLast)
        {
            Sum(reduction, header.Chunk);
        }
    }

    private RefusalReason? CheckPartial(BucketReduction reduction, PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        var leaf = _topology.Program.LeafOf(header.Node);
        if (Mismatch(reduction, header) is { } mismatch)
        {
            return mismatch;
        }
        if (header.Chunk < reduction.FirstOwned || header.Chunk >= reduction.EndOwned || leaf < 0 || !_topology.Holds(peer.Index, leaf))
        {
            return RefusalReason.Unsolicited;
        }
        if (header.PayloadBytes != reduction.Layout[header.Chunk].Elements * reduction.Format.WireBytes())
        {
            return RefusalReason.Malformed;
        }
        if (reduction.Owned[header.Chunk - reduction.FirstOwned] is { } owned && (owned.Missing == 0 || owned.Partials[leaf] is not null))
        {
            return RefusalReason.Duplicate;
        }
        var granted = header.Chunk < reduction.GrantedEnd && reduction.AnnouncedFrom[peer.Index] is >= 0 and var from && header.Chunk >= from;
        return granted || frame.Charged > 0 ? null : EarlyFrames.Charge(peer, frame, _limits.EagerBytes);
    }

    // Step 2.
    private void Sum(BucketReduction reduction, int chunk)
    {
        var owned = reduction.Owned[chunk - reduction.FirstOwned];
        if (Gate.TryEnter())
        {
            try
            {
                ChunkSum.Compute(_topology, reduction, chunk, owned);
            }
            finally
            {
                Gate.Exit();
            }
        }
        lock (_lock)
        {
            if (_abortReason is not null)
            {
                return;
            }
            Release(owned);
            reduction.ChunksToSum--;
            SendResult(reduction, chunk);
            _grants.Consider(reduction);
            _grants.Issue();
        }
    }

    private void Release(BucketReduction.OwnedChunk owned)
    {
        for (var leaf = 0; leaf < owned.Partials.Length; leaf++)
        {
            if (owned.Partials[leaf] is { } frame)
            {
                Peers[frame.Header.Sender].Charged -= frame.Charged;
                frame.Return();
                owned.Partials[leaf] = null;
            }
        }
        _grants.Release(owned);
    }

    // Step 3, owner.
    private void SendResult(BucketReduction reduction, int chunk)
    {
        var (offset, elements, _) = reduction.Layout[chunk];
        var header = Header(FrameKind.Result, reduction, chunk);
        header.NodeEnd = _topology.Group.Replicas;
        foreach (var peer in Others())
        {
            peer.Outbox.Add(
                new TensorFrame(this, reduction, header, reduction.Addresses[0] + (nint)(offset * reduction.Format.MemoryBytes()), elements), OutboxPriority.Result);
        }
    }

    // Step 3, contributor.
    private void AcceptResult(PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        RefusalReason? refusal;
        BucketReduction? reduction;
        lock (_lock)
        {
            refusal = !_live.TryGetValue(header.Key, out reduction)
                ? (_completed.Contains(header.Key) ? RefusalReason.StaleKey : RefusalReason.Unsolicited)
                : CheckResult(reduction, peer, header);
            if (refusal is null)
            {
                reduction!.Remote[header.Chunk].Received = true;
            }
        }
        if (refusal is null && Gate.TryEnter())
        {
            try
            {
                ChunkSum.Store(reduction!, header.Chunk, frame);
            }
            finally
            {
                Gate.Exit();
            }
            lock (_lock)
            {
                peer.Credit += reduction!.Remote[header.Chunk].Charged;
                reduction.ResultsToReceive--;
                EndIfComplete(reduction);
            }
        }
        Finish(peer, refusal, frame);
    }

    private static RefusalReason? CheckResult(BucketReduction reduction, PeerState peer, FrameHeader header)
    {
        if (Mismatch(reduction, header) is { } mismatch)
        {
            return mismatch;
        }
        if (header.Chunk < 0 || header.Chunk >= reduction.Layout.Count || reduction.Layout[header.Chunk].Owner != peer.Index)
        {
            return RefusalReason.Unsolicited;
        }
        ref readonly var remote = ref reduction.Remote[header.Chunk];
        return remote.Received ? RefusalReason.Duplicate
            : !remote.Sent || remote.ToWrite > 0 ? RefusalReason.Unsolicited
            : header.PayloadBytes != reduction.Layout[header.Chunk].Elements * reduction.Format.WireBytes() ? RefusalReason.Malformed
            : null;
    }

    private static RefusalReason? Mismatch(BucketReduction reduction, FrameHeader header) =>
        header.BucketElements == reduction.Elements && header.Format == reduction.Format ? null : RefusalReason.Mismatch;

    private void EndIfComplete(BucketReduction reduction)
    {
        if (reduction.IsComplete && _live.Remove(reduction.Key))
        {
            _completed.Add(reduction.Key);
            reduction.Complete();
        }
    }

    private void Finish(PeerState peer, RefusalReason? refusal, FrameBuffer frame)
    {
        if (refusal is { } reason)
        {
            Refuse(peer, reason, frame);
        }
        else
        {
            frame.Return();
        }
    }

    private void Refuse(PeerState peer, RefusalReason reason, FrameBuffer frame)
    {
        var header = frame.Header;
        if (frame.Charged > 0)
        {
            lock (_lock)
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
                : $"Worker '{peer.Worker}' sent more unasked than {_limits.EagerBytes} bytes."));
        }
    }

    private void ThrowIfAborted()
    {
        if (_abortReason is not null)
        {
            throw new ExchangeAbortedException(_abortReason);
        }
        if (Peers.FirstOrDefault(peer => peer.HasLeft) is { } gone)
        {
            throw new ExchangeAbortedException(new CollectiveException($"Worker '{gone.Worker}' has left."));
        }
    }
}

using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// A worker's part in the chunks that it sums: collects the others' partial sums, grants what exceeds their credit, completes the tree on
/// the thread that brought the last one, and sends the result to all.
/// </summary>
internal sealed class OwnerSide(ExchangeState state)
{
    private readonly GroupTopology _topology = state.Topology;
    private readonly EarlyFrames _early = new(state.Limits.EagerBytes);
    private readonly GrantQueue _grants = new(state.Topology, state.Limits.GrantedBytes, state.Peers, state.Header);

    /// <summary>What came for a bucket before it was submitted; the frames are the caller's. Under the lock.</summary>
    public IReadOnlyList<(PeerState Peer, FrameBuffer Frame)> TakeEarly(ReductionKey key) => _early.Take(key);

    /// <summary>Gives back what is held of buckets under way. Under the lock, once the gate is closed.</summary>
    public void Clear()
    {
        foreach (var partial in state.Live.Values.SelectMany(reduction => reduction.Owned).SelectMany(chunk => chunk.Partials))
        {
            partial?.Return();
        }
        _early.Clear();
    }

    /// <summary>Hears that a peer holds chunks back for a grant.</summary>
    /// <returns>Why it is refused, if it is, and whether the frame was kept.</returns>
    public (RefusalReason? Refusal, bool IsKept) AcceptAnnouncement(PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        lock (state.Lock)
        {
            if (!state.Live.TryGetValue(header.Key, out var reduction))
            {
                return KeepForLater(peer, header, frame);
            }
            var refusal = reduction.Mismatch(header)
                ?? (header.Chunk < reduction.FirstOwned || header.Chunk >= reduction.EndOwned ? RefusalReason.Malformed
                : reduction.AnnouncedFrom[peer.Index] >= 0 ? RefusalReason.Duplicate
                : (RefusalReason?)null);
            if (refusal is null)
            {
                reduction.AnnouncedFrom[peer.Index] = header.Chunk;
                _grants.Welcome(reduction, peer);
            }
            return (refusal, false);
        }
    }

    /// <summary>Takes a partial sum.</summary>
    /// <returns>Why it is refused, if it is, and whether the frame was kept.</returns>
    public (RefusalReason? Refusal, bool IsKept) AcceptPartial(PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        BucketReduction? reduction;
        bool isLast;
        lock (state.Lock)
        {
            if (!state.Live.TryGetValue(header.Key, out reduction))
            {
                return KeepForLater(peer, header, frame);
            }
            if (CheckPartial(reduction, peer, header, frame) is { } refusal)
            {
                return (refusal, false);
            }
            var owned = reduction.Owned[header.Chunk - reduction.FirstOwned];
            owned.Partials[_topology.Program.LeafOf(header.Node)] = frame;
            isLast = --owned.Missing == 0;
            reduction.PartialsToReceive[peer.Index]--;
            _grants.Consider(reduction);
        }
        if (isLast)
        {
            Sum(reduction, header.Chunk);
        }
        return (null, true);
    }

    // After an abort nothing is kept, for nobody would give it back.
    private (RefusalReason? Refusal, bool IsKept) KeepForLater(PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        if (state.AbortReason is not null)
        {
            return (null, false);
        }
        var refusal = state.Completed.Contains(header.Key) ? RefusalReason.StaleKey : _early.Keep(peer, header, frame);
        return (refusal, refusal is null);
    }

    private RefusalReason? CheckPartial(BucketReduction reduction, PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        var leaf = _topology.Program.LeafOf(header.Node);
        if (reduction.Mismatch(header) is { } mismatch)
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
        return granted || frame.Charged > 0 ? null : EarlyFrames.Charge(peer, frame, state.Limits.EagerBytes);
    }

    private void Sum(BucketReduction reduction, int chunk)
    {
        var owned = reduction.Owned[chunk - reduction.FirstOwned];
        if (state.Gate.TryEnter())
        {
            try
            {
                ChunkSum.Compute(_topology, reduction, chunk, owned);
            }
            finally
            {
                state.Gate.Exit();
            }
        }
        lock (state.Lock)
        {
            if (state.AbortReason is not null)
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
                state.Peers[frame.Header.Sender].Charged -= frame.Charged;
                frame.Return();
                owned.Partials[leaf] = null;
            }
        }
        _grants.Release(owned);
    }

    private void SendResult(BucketReduction reduction, int chunk)
    {
        var (offset, elements, _) = reduction.Layout[chunk];
        var header = state.Header(FrameKind.Result, reduction, chunk);
        header.NodeEnd = _topology.Group.Replicas;
        foreach (var peer in state.Others())
        {
            peer.Outbox.Add(
                new TensorFrame(state, reduction, header, reduction.Addresses[0] + (nint)(offset * reduction.Format.MemoryBytes()), elements), OutboxPriority.Result);
        }
    }
}

using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>A worker's part in the chunks that others sum: sends its partial sums, unasked within its credit, else when granted, and takes the results.</summary>
internal sealed class ContributorSide(ExchangeState state)
{
    private readonly GroupTopology _topology = state.Topology;

    /// <summary>Sends what a peer's credit allows of the chunks that it owns, and announces the rest. Under the lock.</summary>
    public void SendUnasked(BucketReduction reduction, PeerState owner)
    {
        var (first, end) = reduction.Layout.Of(owner.Index);
        var leaves = _topology.LeavesOf(_topology.Self);
        for (var chunk = first; chunk < end; chunk++)
        {
            var cost = leaves * FrameBufferPool.Cost(reduction.Layout[chunk].Elements * reduction.Format.WireBytes());
            if (cost > owner.Credit)
            {
                owner.Outbox.Add(new MessageFrame(state.Header(FrameKind.Announce, reduction, chunk), []), OutboxPriority.Control);
                return;
            }
            owner.Credit -= cost;
            reduction.Remote[chunk].Charged = cost;
            SendPartials(reduction, owner, chunk);
        }
    }

    /// <summary>Takes an owner's leave to send chunks.</summary>
    /// <returns>Why it is refused; null: it is not.</returns>
    public RefusalReason? AcceptGrant(PeerState owner, FrameHeader header)
    {
        lock (state.Lock)
        {
            if (!state.Live.TryGetValue(header.Key, out var reduction))
            {
                return state.NotLive(header.Key);
            }
            var (first, end) = reduction.Layout.Of(owner.Index);
            if (header.Chunk < first || header.ChunkEnd > end || header.ChunkEnd <= header.Chunk)
            {
                return RefusalReason.Malformed;
            }
            for (var chunk = header.Chunk; chunk < header.ChunkEnd; chunk++)
            {
                if (!reduction.Remote[chunk].Sent)
                {
                    SendPartials(reduction, owner, chunk);
                }
            }
            return null;
        }
    }

    /// <summary>Writes an owner's result into the tensor.</summary>
    /// <returns>Why it is refused; null: it is not.</returns>
    public RefusalReason? AcceptResult(PeerState owner, FrameHeader header, FrameBuffer frame)
    {
        BucketReduction? reduction;
        lock (state.Lock)
        {
            if (!state.Live.TryGetValue(header.Key, out reduction))
            {
                return state.NotLive(header.Key);
            }
            if (CheckResult(reduction, owner, header) is { } refusal)
            {
                return refusal;
            }
            reduction.Remote[header.Chunk].Received = true;
        }
        if (state.Gate.TryEnter())
        {
            try
            {
                ChunkSum.Store(reduction, header.Chunk, frame);
            }
            finally
            {
                state.Gate.Exit();
            }
            lock (state.Lock)
            {
                owner.Credit += reduction.Remote[header.Chunk].Charged;
                reduction.ResultsToReceive--;
                state.EndIfComplete(reduction);
            }
        }
        return null;
    }

    private static RefusalReason? CheckResult(BucketReduction reduction, PeerState owner, FrameHeader header)
    {
        if (reduction.Mismatch(header) is { } mismatch)
        {
            return mismatch;
        }
        if (header.Chunk < 0 || header.Chunk >= reduction.Layout.Count || reduction.Layout[header.Chunk].Owner != owner.Index)
        {
            return RefusalReason.Unsolicited;
        }
        ref readonly var remote = ref reduction.Remote[header.Chunk];
        return remote.Received ? RefusalReason.Duplicate
            : !remote.Sent || remote.ToWrite > 0 ? RefusalReason.Unsolicited
            : header.PayloadBytes != reduction.Layout[header.Chunk].Elements * reduction.Format.WireBytes() ? RefusalReason.Malformed
            : null;
    }

    private void SendPartials(BucketReduction reduction, PeerState owner, int chunk)
    {
        var (offset, elements, _) = reduction.Layout[chunk];
        reduction.Remote[chunk].Sent = true;
        reduction.Remote[chunk].ToWrite = reduction.Addresses.Length;
        var header = state.Header(FrameKind.Partial, reduction, chunk);
        for (var i = 0; i < reduction.Addresses.Length; i++)
        {
            (header.NodeFirst, header.NodeEnd) = _topology.Program.Leaves[_topology.Program.FirstLeaf[_topology.Self] + i];
            var source = reduction.Addresses[i] + (nint)(offset * reduction.Format.MemoryBytes());
            owner.Outbox.Add(new TensorFrame(state, reduction, header, source, elements), OutboxPriority.Partial);
        }
    }
}

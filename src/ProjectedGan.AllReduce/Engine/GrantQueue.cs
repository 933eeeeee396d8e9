using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// Decides when contributors may send what exceeds their credit. A chunk is granted to all contributors at once, with memory for all
/// their frames set aside, and only when every one of them has submitted the bucket: what is granted can therefore always be completed,
/// in whatever order the members submit, and the memory comes back. Guarded by the engine's lock.
/// </summary>
internal sealed class GrantQueue(GroupTopology topology, long mostBytes, IReadOnlyList<PeerState> peers, Func<FrameKind, BucketReduction, int, FrameHeader> header)
{
    private readonly Queue<BucketReduction> _waiting = new();
    private long _reserved;

    /// <summary>Lines a bucket up for grants, if it is time.</summary>
    public void Consider(BucketReduction reduction)
    {
        if (!reduction.WaitsForGrants && Array.Exists(reduction.AnnouncedFrom, from => from >= 0) && reduction.EveryoneIsReady())
        {
            reduction.WaitsForGrants = true;
            _waiting.Enqueue(reduction);
            Issue();
        }
    }

    /// <summary>Hears an announcement, which may come when others' grants have been given already.</summary>
    public void Welcome(BucketReduction reduction, PeerState peer)
    {
        var from = Math.Max(reduction.FirstOwned, reduction.AnnouncedFrom[peer.Index]);
        if (reduction.WaitsForGrants && from < reduction.GrantedEnd)
        {
            Send(reduction, peer, from, reduction.GrantedEnd);
        }
        Consider(reduction);
    }

    /// <summary>Gives the memory of a summed chunk back.</summary>
    public void Release(BucketReduction.OwnedChunk owned)
    {
        _reserved -= owned.Reserved;
        owned.Reserved = 0;
    }

    /// <summary>Grants as much as there is memory for. Grants in small pieces cost more than they gain, so a quarter must be free.</summary>
    public void Issue()
    {
        if (_reserved > mostBytes * 3 / 4)
        {
            return;
        }
        while (_waiting.TryPeek(out var reduction))
        {
            var first = reduction.GrantedEnd;
            while (reduction.GrantedEnd < reduction.EndOwned && TryReserve(reduction, reduction.GrantedEnd))
            {
                reduction.GrantedEnd++;
            }
            foreach (var peer in peers)
            {
                if (reduction.AnnouncedFrom[peer.Index] is >= 0 and var from && Math.Max(first, from) < reduction.GrantedEnd)
                {
                    Send(reduction, peer, Math.Max(first, from), reduction.GrantedEnd);
                }
            }
            if (reduction.GrantedEnd < reduction.EndOwned)
            {
                return;
            }
            _waiting.Dequeue();
        }
    }

    private bool TryReserve(BucketReduction reduction, int chunk)
    {
        var owned = reduction.Owned[chunk - reduction.FirstOwned];
        if (owned.Missing == 0)
        {
            return true;
        }
        var cost = topology.RemoteLeaves * FrameBufferPool.Cost(reduction.Layout[chunk].Elements * reduction.Format.WireBytes());
        if (_reserved > 0 && _reserved + cost > mostBytes)
        {
            return false;
        }
        _reserved += cost;
        owned.Reserved = cost;
        return true;
    }

    private void Send(BucketReduction reduction, PeerState peer, int first, int end)
    {
        var grant = header(FrameKind.Grant, reduction, first);
        grant.ChunkEnd = end;
        peer.Outbox.Add(new MessageFrame(grant, []), OutboxPriority.Control);
    }
}

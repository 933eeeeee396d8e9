using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// Frames for buckets that this worker has not submitted yet. Peers run ahead by what they can do without this worker's contribution;
/// how much they may send until then is their credit. Guarded by the engine's lock.
/// </summary>
internal sealed class EarlyFrames(int eagerBytes)
{
    /// <summary>Buckets that a peer may have announced ahead.</summary>
    public const int MostAnnouncements = 4096;

    private readonly Dictionary<ReductionKey, List<(PeerState Peer, FrameBuffer Frame)>> _frames = [];

    /// <summary>Charges a frame that came unasked to its sender.</summary>
    /// <returns>Why the frame is refused; null: it is not.</returns>
    public static RefusalReason? Charge(PeerState peer, FrameBuffer frame, int eagerBytes)
    {
        var cost = FrameBufferPool.Cost(frame.Length - FrameHeader.Bytes);
        if (peer.Charged + cost > eagerBytes)
        {
            return RefusalReason.OverCredit;
        }
        peer.Charged += cost;
        frame.Charged = cost;
        return null;
    }

    /// <summary>Keeps a partial sum or an announcement until the bucket is submitted.</summary>
    /// <returns>Why the frame is refused; null: it is kept.</returns>
    public RefusalReason? Keep(PeerState peer, FrameHeader header, FrameBuffer frame)
    {
        if (header.Phase is 0 or > (byte)ReductionPhase.Statistics + 1)
        {
            return RefusalReason.Malformed;
        }
        if (!_frames.TryGetValue(header.Key, out var frames))
        {
            frames = [];
        }
        foreach (var (other, kept) in frames)
        {
            var known = kept.Header;
            if (other == peer && known.Kind == header.Kind && known.Chunk == header.Chunk && known.Node == header.Node)
            {
                return RefusalReason.Duplicate;
            }
        }
        if (header.Kind == FrameKind.Announce)
        {
            if (header.PayloadBytes != 0 || peer.EarlyAnnouncements == MostAnnouncements)
            {
                return header.PayloadBytes != 0 ? RefusalReason.Malformed : RefusalReason.OverCredit;
            }
            peer.EarlyAnnouncements++;
        }
        else if (Charge(peer, frame, eagerBytes) is { } refusal)
        {
            return refusal;
        }
        frames.Add((peer, frame));
        _frames[header.Key] = frames;
        return null;
    }

    /// <summary>The frames kept for a bucket, in the order of their arrival; they are the caller's now.</summary>
    public IReadOnlyList<(PeerState Peer, FrameBuffer Frame)> Take(ReductionKey key)
    {
        if (!_frames.Remove(key, out var frames))
        {
            return [];
        }
        foreach (var (peer, frame) in frames)
        {
            peer.EarlyAnnouncements -= frame.Header.Kind == FrameKind.Announce ? 1 : 0;
        }
        return frames;
    }

    public void Clear()
    {
        foreach (var (_, frame) in _frames.Values.SelectMany(frames => frames))
        {
            frame.Return();
        }
        _frames.Clear();
    }
}

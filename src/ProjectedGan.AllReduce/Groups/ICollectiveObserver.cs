using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Groups;

/// <summary>Hears what happens in a session; called from any thread, must return quickly and not throw.</summary>
public interface ICollectiveObserver
{
    /// <summary>A peer cannot be reached, or its stream or the transfer of its state broke; the session ends.</summary>
    void PeerUnreachable(string worker, string detail);

    /// <summary>A frame from a peer, or its state, was damaged; the session ends.</summary>
    void ChecksumFailed(string worker, string detail);

    /// <summary>A frame was not used.</summary>
    void Refused(string worker, RefusalReason reason);

    /// <summary>Bytes of frames handed to the transport.</summary>
    void BytesSent(string worker, long bytes);

    /// <summary>Bytes of frames taken from the transport.</summary>
    void BytesReceived(string worker, long bytes);

    /// <summary>A sum is complete.</summary>
    /// <param name="key">Which.</param>
    /// <param name="duration">From its submission until it was complete here.</param>
    /// <param name="exposedWait">How long the caller was blocked for it, not hidden behind computation.</param>
    void Reduced(ReductionKey key, TimeSpan duration, TimeSpan exposedWait);

    /// <summary>A peer has copied the state that is served here.</summary>
    /// <param name="worker">Who.</param>
    /// <param name="bytes">Of the header and the tensors.</param>
    /// <param name="duration">From the first frame to the last.</param>
    void StateSent(string worker, long bytes, TimeSpan duration)
    {
    }
}

/// <summary>Why a frame was not used.</summary>
public enum RefusalReason
{
    /// <summary>Fields that contradict each other, or an unknown kind.</summary>
    Malformed,

    /// <summary>Another run's.</summary>
    ForeignRun,

    /// <summary>Another membership epoch's.</summary>
    StaleEpoch,

    /// <summary>It names another sender than the stream's.</summary>
    WrongSender,

    /// <summary>Its reduction is complete.</summary>
    StaleKey,

    /// <summary>It was received before.</summary>
    Duplicate,

    /// <summary>Nobody asked for it: not this worker's chunk, not the sender's node, not granted, a result before the contribution.</summary>
    Unsolicited,

    /// <summary>It exceeds what the sender may send unasked.</summary>
    OverCredit,

    /// <summary>The sender's bucket has another length or format than this worker's.</summary>
    Mismatch,
}

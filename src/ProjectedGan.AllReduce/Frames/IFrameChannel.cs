namespace ProjectedGan.AllReduce.Frames;

/// <summary>One duplex stream of frames to a peer. One reader and one writer at a time.</summary>
internal interface IFrameChannel
{
    /// <summary>Sends a frame, as soon as the transport takes it.</summary>
    /// <param name="frame">What to send.</param>
    /// <param name="more">Another frame follows at once, so that small ones may be sent together.</param>
    /// <param name="cancellationToken">Gives up, leaving the stream broken.</param>
    Task WriteAsync(IOutgoingFrame frame, bool more, CancellationToken cancellationToken);

    /// <summary>The next frame; null when the stream has ended.</summary>
    Task<FrameBuffer?> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>A frame to be written straight into a transport's buffer.</summary>
internal interface IOutgoingFrame
{
    /// <summary>Bytes with the header.</summary>
    int Length { get; }

    /// <summary>Fills the whole span; called once.</summary>
    void WriteTo(Span<byte> frame);
}

/// <summary>A frame whose payload is a few bytes of its own, or none.</summary>
internal sealed class MessageFrame(FrameHeader header, byte[] payload) : IOutgoingFrame
{
    public int Length => FrameHeader.Bytes + payload.Length;

    public void WriteTo(Span<byte> frame)
    {
        var complete = header;
        complete.Magic = FrameHeader.CurrentMagic;
        complete.PayloadBytes = payload.Length;
        complete.Checksum = FrameChecksum.Compute(complete, payload);
        complete.Write(frame);
        payload.CopyTo(frame[FrameHeader.Bytes..]);
    }
}

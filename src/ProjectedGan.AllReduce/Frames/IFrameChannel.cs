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

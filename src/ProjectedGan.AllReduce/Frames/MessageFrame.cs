namespace ProjectedGan.AllReduce.Frames;

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

using ProjectedGan.AllReduce.Engine;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;

namespace ProjectedGan.AllReduce.StateTransfer;

/// <summary>A piece of a served tensor, read at the moment of writing.</summary>
internal sealed unsafe class StateChunk(TensorGate gate, FrameHeader header, nint source, int bytes) : IOutgoingFrame
{
    public int Length => FrameHeader.Bytes + bytes;

    public void WriteTo(Span<byte> frame)
    {
        if (!gate.TryEnter())
        {
            throw new ExchangeAbortedException(new CollectiveException("The state is not served any more."));
        }
        var payload = frame[FrameHeader.Bytes..];
        try
        {
            new ReadOnlySpan<byte>((void*)source, bytes).CopyTo(payload);
        }
        finally
        {
            gate.Exit();
        }
        var complete = header;
        complete.Magic = FrameHeader.CurrentMagic;
        complete.PayloadBytes = bytes;
        complete.Checksum = FrameChecksum.Compute(complete, payload);
        complete.Write(frame);
    }
}

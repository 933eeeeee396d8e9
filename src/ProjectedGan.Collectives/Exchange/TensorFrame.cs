using ProjectedGan.Collectives.Framing;
using ProjectedGan.Training.Reduction;

namespace ProjectedGan.Collectives.Exchange;

/// <summary>A frame whose payload is read from a submitted tensor at the moment of writing.</summary>
internal sealed unsafe class TensorFrame(ReductionEngine engine, BucketReduction reduction, FrameHeader header, nint source, int elements) : IOutgoingFrame
{
    public FrameHeader Header => header;

    public BucketReduction Reduction => reduction;

    public int Length => FrameHeader.Bytes + (elements * header.Format.WireBytes());

    public void WriteTo(Span<byte> frame)
    {
        if (!engine.Gate.TryEnter())
        {
            throw engine.Aborted();
        }
        var payload = frame[FrameHeader.Bytes..];
        try
        {
            if (header.Format == ElementFormat.BFloat16)
            {
                BFloat16Rounding.Pack(new((float*)source, elements), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(payload));
            }
            else
            {
                new ReadOnlySpan<byte>((void*)source, payload.Length).CopyTo(payload);
            }
        }
        finally
        {
            engine.Gate.Exit();
        }
        var complete = header;
        complete.Magic = FrameHeader.CurrentMagic;
        complete.PayloadBytes = payload.Length;
        complete.Checksum = FrameChecksum.Compute(complete, payload);
        complete.Write(frame);
        engine.Written(this);
    }
}

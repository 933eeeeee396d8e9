using System.Runtime.InteropServices;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>A frame whose payload is read from a submitted tensor at the moment of writing.</summary>
internal sealed unsafe class TensorFrame(ExchangeState state, BucketReduction reduction, FrameHeader header, nint source, int elements) : IOutgoingFrame
{
    public FrameHeader Header => header;

    public BucketReduction Reduction => reduction;

    public int Length => FrameHeader.Bytes + (elements * header.Format.WireBytes());

    public void WriteTo(Span<byte> frame)
    {
        var complete = header;
        var payload = frame[FrameHeader.Bytes..];
        if (!TryRead(payload))
        {
            // A transport that has begun a message must end it.
            payload.Clear();
            complete.Kind = FrameKind.Void;
        }
        complete.Magic = FrameHeader.CurrentMagic;
        complete.PayloadBytes = payload.Length;
        complete.Checksum = FrameChecksum.Compute(complete, payload);
        complete.Write(frame);
        state.Written(this);
    }

    private bool TryRead(Span<byte> payload)
    {
        if (!state.Gate.TryEnter())
        {
            return false;
        }
        try
        {
            if (header.Format == ElementFormat.BFloat16)
            {
                BFloat16Rounding.Pack(new((float*)source, elements), MemoryMarshal.Cast<byte, ushort>(payload));
            }
            else
            {
                new ReadOnlySpan<byte>((void*)source, payload.Length).CopyTo(payload);
            }
            return true;
        }
        finally
        {
            state.Gate.Exit();
        }
    }
}

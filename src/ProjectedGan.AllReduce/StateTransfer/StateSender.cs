using System.Security.Cryptography;
using ProjectedGan.AllReduce.Engine;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.Tensors;

namespace ProjectedGan.AllReduce.StateTransfer;

/// <summary>Sends a served state: its header, each tensor's bytes in order, the SHA-256 of all of it.</summary>
internal static class StateSender
{
    public const int MostHeaderBytes = 16 << 20;
    private const int ChunkBytes = 256 << 10;

    /// <returns>Bytes of the header and the tensors.</returns>
    public static async Task<long> SendAsync(ServedState.Offer offer, FrameHeader template, Func<IOutgoingFrame, Task> writeAsync, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(offer.Image.Header);
        long sent = offer.Image.Header.Length;
        await writeAsync(new MessageFrame(Header(template, FrameKind.StateHeader, offer.Image.Tensors.Count, 0), offer.Image.Header)).ConfigureAwait(false);
        for (var index = 0; index < offer.Image.Tensors.Count; index++)
        {
            // Other devices' tensors are copied to the host as a whole; the caller's tensors do not change while they are served.
            using var host = OnHost(offer, index);
            var (address, bytes) = TensorBytes.Memory(host);
            sent += bytes;
            for (long offset = 0; offset < bytes; offset += ChunkBytes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = (int)Math.Min(ChunkBytes, bytes - offset);
                Append(offer, hash, address + (nint)offset, count);
                await writeAsync(new StateChunk(offer.Gate, Header(template, FrameKind.StateBytes, index, offset), address + (nint)offset, count)).ConfigureAwait(false);
            }
        }
        await writeAsync(new MessageFrame(Header(template, FrameKind.StateEnd, 0, 0), hash.GetHashAndReset())).ConfigureAwait(false);
        return sent;
    }

    private static FrameHeader Header(FrameHeader template, FrameKind kind, int tensor, long offset)
    {
        template.Kind = kind;
        template.Bucket = tensor;
        template.BucketElements = offset;
        return template;
    }

    private static TorchSharp.torch.Tensor OnHost(ServedState.Offer offer, int index) =>
        Inside(offer, () => TensorBytes.RowMajorOnCpu(offer.Image.Tensors[index]));

    private static unsafe void Append(ServedState.Offer offer, IncrementalHash hash, nint address, int count) => Inside(offer, () =>
    {
        hash.AppendData(new ReadOnlySpan<byte>((void*)address, count));
        return count;
    });

    private static T Inside<T>(ServedState.Offer offer, Func<T> touch)
    {
        if (!offer.Gate.TryEnter())
        {
            throw new ExchangeAbortedException(new CollectiveException("The state is not served any more."));
        }
        try
        {
            return touch();
        }
        finally
        {
            offer.Gate.Exit();
        }
    }
}

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

using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.SharedMemory;

/// <summary>
/// A stream to a peer on this machine: chunks go through shared memory, and in their place a <see cref="FrameKind.Placed"/> frame says where
/// they lie. What is small, or finds no free slot, goes over the stream itself, so nothing ever waits for a slot.
/// </summary>
/// <param name="stream">Carries everything else, in order.</param>
/// <param name="region">Shared with the peer; disposed with the channel, but kept while frames from it are in use.</param>
/// <param name="isCaller">Which end this is.</param>
internal sealed class SharedMemoryChannel(IFrameChannel stream, SharedRegion region, bool isCaller) : IFrameChannel, IDisposable
{
    // A shorter frame costs no more on the stream.
    private const int LeastBytes = 4096;

    private readonly SlotReader _reader = new(region, isCaller ? 1 : 0);
    private readonly int _out = isCaller ? 0 : 1;
    private int _disposed;

    public Task WriteAsync(IOutgoingFrame frame, bool more, CancellationToken cancellationToken)
    {
        if (frame.Length < LeastBytes || frame.Length > region.SlotBytes || TakeSlot() is not (>= 0 and var slot))
        {
            return stream.WriteAsync(frame, more, cancellationToken);
        }
        frame.WriteTo(region.Slot(_out, slot)[..frame.Length]);
        return stream.WriteAsync(new MessageFrame(new FrameHeader { Kind = FrameKind.Placed, Bucket = slot, BucketElements = frame.Length }, []), more, cancellationToken);
    }

    public async Task<FrameBuffer?> ReadAsync(CancellationToken cancellationToken)
    {
        var frame = await stream.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (frame is null || frame.Header.Kind != FrameKind.Placed || !frame.IsWhole)
        {
            return frame;
        }
        var (slot, length) = (frame.Header.Bucket, frame.Header.BucketElements);
        frame.Return();
        return _reader.Lend(slot, length);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            region.Dispose();
        }
    }

    private int TakeSlot()
    {
        for (var slot = 0; slot < region.Slots; slot++)
        {
            ref var word = ref region.Word(_out, slot);
            if (Volatile.Read(ref word) == 0)
            {
                Volatile.Write(ref word, 1);
                return slot;
            }
        }
        return -1;
    }
}

/// <summary>Lends out the frames that a peer has put into the slots of one direction. Used by one thread at a time; frames come back on any.</summary>
internal sealed class SlotReader(SharedRegion region, int direction)
{
    private readonly FrameBuffer?[] _frames = new FrameBuffer?[region.Slots];

    /// <summary>The frame in a slot; giving it back frees the slot.</summary>
    /// <exception cref="IOException">There is no such frame: the peer breaks the rules.</exception>
    public FrameBuffer Lend(int slot, long length)
    {
        if (slot < 0 || slot >= region.Slots || length < FrameHeader.Bytes || length > region.SlotBytes)
        {
            throw new IOException($"The peer speaks of {length} bytes in slot {slot} of {region.Slots} with {region.SlotBytes} bytes each.");
        }
        var frame = _frames[slot] ??= new FrameBuffer(region.Address(direction, slot), _ => Free(slot));
        if (frame.IsLent)
        {
            throw new IOException($"The peer speaks of slot {slot} again, which is in use.");
        }
        region.Use();
        frame.Lend((int)length);
        return frame;
    }

    private void Free(int slot)
    {
        Volatile.Write(ref region.Word(direction, slot), 0);
        region.Dispose();
    }
}

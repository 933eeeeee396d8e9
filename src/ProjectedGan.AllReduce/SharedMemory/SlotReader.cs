using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.SharedMemory;

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

using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace ProjectedGan.AllReduce.Frames;

/// <summary>A received frame in native memory that is used again. Whoever holds it gives it back once.</summary>
internal sealed unsafe class FrameBuffer
{
    private readonly Action<FrameBuffer> _returned;
    private void* _memory;
    private int _out;

    /// <summary>A buffer with memory of its own.</summary>
    internal FrameBuffer(int capacity, Action<FrameBuffer> returned)
    {
        (Capacity, _returned) = (capacity, returned);
        _memory = NativeMemory.AlignedAlloc((nuint)capacity, 64);
    }

    /// <summary>A buffer in memory that others own.</summary>
    internal FrameBuffer(nint memory, Action<FrameBuffer> returned)
    {
        _memory = (void*)memory;
        _returned = returned;
        GC.SuppressFinalize(this);
    }

    // A frame that a broken stream never delivered.
    ~FrameBuffer() => Free();

    /// <summary>Bytes of memory of its own.</summary>
    public int Capacity { get; }

    /// <summary>Bytes of the frame.</summary>
    public int Length { get; private set; }

    public bool IsLent => Volatile.Read(ref _out) == 1;

    public FrameHeader Header => FrameHeader.Read(Bytes);

    /// <summary>Whether magic, length and check are right.</summary>
    public bool IsWhole => Header is var header && header.Magic == FrameHeader.CurrentMagic && header.PayloadBytes == Length - FrameHeader.Bytes
        && header.Checksum == FrameChecksum.Compute(header, Payload);

    public Span<byte> Bytes => new(_memory, Length);

    public ReadOnlySpan<byte> Payload => Bytes[FrameHeader.Bytes..];

    /// <summary>Where the payload lies.</summary>
    public nint PayloadAddress => (nint)_memory + FrameHeader.Bytes;

    /// <summary>Copies a frame; shorter ones than a header are filled up with zeros, which no check accepts.</summary>
    public static FrameBuffer Copy(FrameBufferPool pool, in ReadOnlySequence<byte> frame)
    {
        var buffer = pool.Rent((int)Math.Max(0, frame.Length - FrameHeader.Bytes));
        if (frame.Length < FrameHeader.Bytes)
        {
            buffer.Bytes.Clear();
        }
        frame.CopyTo(buffer.Bytes);
        return buffer;
    }

    /// <summary>What the owner of the credit was charged for this frame; 0 when it was granted.</summary>
    public int Charged { get; set; }

    public void Return()
    {
        if (Interlocked.Exchange(ref _out, 0) == 1)
        {
            _returned(this);
        }
    }

    internal void Lend(int length)
    {
        Length = length;
        Charged = 0;
        _out = 1;
    }

    internal void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}

/// <summary>The check of a frame: 32 bits of XXH3, for every byte of every gradient passes it twice, and it keeps up with memory.</summary>
internal static class FrameChecksum
{
    /// <summary>The low half of the payload's hash, which is seeded with the hash of the header with a zero in place of the check.</summary>
    public static uint Compute(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        header.Checksum = 0;
        var seed = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<FrameHeader>(in header)));
        return (uint)XxHash3.HashToUInt64(payload, (long)seed);
    }

    /// <summary>XXH3 of the run's id in UTF-8.</summary>
    public static ulong RunHash(string run) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(run));
}

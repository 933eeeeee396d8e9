using System.Buffers;
using System.Runtime.InteropServices;

namespace ProjectedGan.Collectives.Framing;

/// <summary>A received frame in pooled native memory. Whoever holds it gives it back once.</summary>
internal sealed unsafe class FrameBuffer
{
    private readonly FrameBufferPool _pool;
    private void* _memory;
    private int _out;

    internal FrameBuffer(FrameBufferPool pool, int capacity)
    {
        _pool = pool;
        Capacity = capacity;
        _memory = NativeMemory.AlignedAlloc((nuint)capacity, 64);
    }

    // A frame that a broken stream never delivered.
    ~FrameBuffer() => Free();

    /// <summary>Bytes of memory.</summary>
    public int Capacity { get; }

    /// <summary>Bytes of the frame.</summary>
    public int Length { get; private set; }

    public FrameHeader Header => FrameHeader.Read(Bytes);

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
            _pool.Return(this);
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

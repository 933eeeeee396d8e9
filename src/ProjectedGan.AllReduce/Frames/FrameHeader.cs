using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Frames;

/// <summary>What stands before every payload: docs/collectives.md lists the fields. Little-endian, 80 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Bytes)]
internal struct FrameHeader
{
    public const int Bytes = 80;

    /// <summary>"PGX" and the version of the framing.</summary>
    public const uint CurrentMagic = 0x0258_4750;

    public uint Magic;

    /// <summary>Hash of the payload and of this header with a zero here (<see cref="FrameChecksum"/>).</summary>
    public uint Checksum;

    /// <summary>Bytes behind the header.</summary>
    public int PayloadBytes;

    public FrameKind Kind;

    /// <summary>A <see cref="ReductionPhase"/> plus one; 0 where there is no key.</summary>
    public byte Phase;

    public ElementFormat Format;

    public byte Reserved;

    /// <summary>Hash of the run's id (<see cref="FrameChecksum.RunHash"/>).</summary>
    public ulong RunHash;

    public long Epoch;

    public long Iteration;

    /// <summary>Elements of the whole bucket.</summary>
    public long BucketElements;

    public int Bucket;

    public int Chunk;

    public int ChunkEnd;

    /// <summary>The sender's place among the members.</summary>
    public int Sender;

    public int NodeFirst;

    public int NodeEnd;

    public ulong Spare;

    public readonly ReductionKey Key => new(Iteration, (ReductionPhase)(Phase - 1), Bucket);

    public readonly ReplicaRange Node => new(NodeFirst, NodeEnd);

    /// <summary>Reads a header; whether it fits the frame is the caller's to check.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> frame) => Unsafe.ReadUnaligned<FrameHeader>(ref MemoryMarshal.GetReference(frame[..Bytes]));

    public readonly void Write(Span<byte> frame) => Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(frame[..Bytes]), this);
}

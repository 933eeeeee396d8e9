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

/// <summary>What a frame says. The numbers are on the wire and never change their meaning.</summary>
internal enum FrameKind : byte
{
    /// <summary>The first frame of a stream, both ways: who speaks and what it takes the group to be.</summary>
    Hello = 1,

    /// <summary>The sender has submitted this bucket and waits for grants for the chunks from <see cref="FrameHeader.Chunk"/> on.</summary>
    Announce = 2,

    /// <summary>The owner has memory for the chunks from <see cref="FrameHeader.Chunk"/> to <see cref="FrameHeader.ChunkEnd"/>.</summary>
    Grant = 3,

    /// <summary>One chunk of the sum of one of the sender's maximal subtrees, to the chunk's owner.</summary>
    Partial = 4,

    /// <summary>One chunk of the sum over all replicas, from its owner.</summary>
    Result = 5,

    /// <summary>The sender has reached a named barrier.</summary>
    Barrier = 6,

    /// <summary>The sender ends the session because of a failure, given as text; the last frame of its stream.</summary>
    Abort = 7,

    /// <summary>A state's header as its owner wrote it; the first frame of a transfer.</summary>
    StateHeader = 8,

    /// <summary>Bytes of tensor <see cref="FrameHeader.Bucket"/> from <see cref="FrameHeader.BucketElements"/> on.</summary>
    StateBytes = 9,

    /// <summary>SHA-256 of the header and all bytes before; the last frame of a transfer.</summary>
    StateEnd = 10,

    /// <summary>The sender is done and will send nothing more; the last frame of its stream.</summary>
    Leave = 11,

    /// <summary>Nothing: stands where a frame was to be whose tensor must not be read any more.</summary>
    Void = 12,

    /// <summary>
    /// A frame of <see cref="FrameHeader.BucketElements"/> bytes, header and all, lies in slot <see cref="FrameHeader.Bucket"/> of the memory that
    /// both ends share.
    /// </summary>
    Placed = 13,
}

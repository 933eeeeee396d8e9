using System.Buffers;
using CsCheck;
using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.Tests.Frames;

/// <summary>Frames of any content, whole and damaged.</summary>
public class FrameTests
{
    private static readonly Gen<(FrameHeader Header, byte[] Payload)> Any =
        from payload in Gen.Byte.Array[0, 300]
        from kind in Gen.Enum<FrameKind>()
        from format in Gen.Enum<ElementFormat>()
        from phase in Gen.Byte
        from numbers in Gen.Long.Array[4]
        from places in Gen.Int.Array[6]
        select (Header(kind, format, phase, numbers, places), payload);

    [Fact]
    public void Write_AnyFrame_IsReadAsItWas() => Any.Sample(frame =>
    {
        using FrameBufferPool pool = new();
        var read = Read(pool, Write(frame));
        var isSame = read.IsWhole && read.Payload.SequenceEqual(frame.Payload)
            && Fields(read.Header) == Fields(frame.Header) && read.Header.PayloadBytes == frame.Payload.Length;
        read.Return();
        return isSame;
    });

    [Fact]
    public void Read_OneBitChanged_IsNotWhole() => Gen.Select(Any, Gen.Int[0, int.MaxValue]).Sample((frame, place) =>
    {
        var bytes = Write(frame);
        bytes[place % bytes.Length] ^= (byte)(1 << (place / bytes.Length % 8));
        using FrameBufferPool pool = new();
        var read = Read(pool, bytes);
        var isWhole = read.IsWhole;
        read.Return();
        return !isWhole;
    });

    private static FrameHeader Header(FrameKind kind, ElementFormat format, byte phase, long[] numbers, int[] places) => new()
    {
        Magic = FrameHeader.CurrentMagic,
        Kind = kind,
        Format = format,
        Phase = phase,
        RunHash = (ulong)numbers[0],
        Epoch = numbers[1],
        Iteration = numbers[2],
        BucketElements = numbers[3],
        Bucket = places[0],
        Chunk = places[1],
        ChunkEnd = places[2],
        Sender = places[3],
        NodeFirst = places[4],
        NodeEnd = places[5],
    };

    private static byte[] Write((FrameHeader Header, byte[] Payload) frame)
    {
        MessageFrame message = new(frame.Header, frame.Payload);
        var bytes = new byte[message.Length];
        message.WriteTo(bytes);
        return bytes;
    }

    private static FrameBuffer Read(FrameBufferPool pool, byte[] bytes) => FrameBuffer.Copy(pool, new ReadOnlySequence<byte>(bytes));

    private static (FrameKind, ElementFormat, byte, ulong, long, long, long, int, int, int, int, int, int) Fields(FrameHeader header) =>
        (header.Kind, header.Format, header.Phase, header.RunHash, header.Epoch, header.Iteration, header.BucketElements,
            header.Bucket, header.Chunk, header.ChunkEnd, header.Sender, header.NodeFirst, header.NodeEnd);
}

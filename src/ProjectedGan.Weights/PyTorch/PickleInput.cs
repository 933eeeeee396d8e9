using System.Buffers.Binary;
using System.Text;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

/// <summary>Reads pickle's primitive values from a stream and refuses to go past a limit.</summary>
internal sealed class PickleInput(string path, Stream stream, long limit)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly long _end = Math.Min(stream.Length, stream.Position + limit);

    public string Path => path;

    public WeightFileException Error(string what) => new($"'{path}' is no readable PyTorch file: {what}");

    public byte Byte()
    {
        var value = stream.Position < _end ? stream.ReadByte() : -1;
        return value >= 0 ? (byte)value : throw Ended();
    }

    public byte[] Bytes(long count)
    {
        if (count < 0 || count > _end - stream.Position)
        {
            throw Ended();
        }
        var bytes = new byte[count];
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException)
        {
            throw Ended();
        }
        return bytes;
    }

    /// <summary>Passes over bytes, which stay where they are.</summary>
    public PickleBytes Skip(long count)
    {
        if (count < 0 || count > _end - stream.Position)
        {
            throw Ended();
        }
        var bytes = new PickleBytes(stream.Position, count);
        stream.Position += count;
        return bytes;
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    public string Text(long bytes) => Decode(Bytes(bytes));

    public string Line()
    {
        const int Longest = 1024;
        var bytes = new List<byte>();
        for (var next = Byte(); next != '\n'; next = Byte())
        {
            if (bytes.Count == Longest)
            {
                throw Error("it holds a name that is too long.");
            }
            bytes.Add(next);
        }
        return Decode([.. bytes]);
    }

    /// <summary>A two's complement integer of any length: long where it fits.</summary>
    public object Integer(long bytes)
    {
        var raw = Bytes(bytes);
        if (raw.Length > 8)
        {
            return new PickleLongInteger(raw);
        }
        long value = raw.Length > 0 && raw[^1] >= 0x80 ? -1 : 0;
        for (var i = raw.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | raw[i];
        }
        return value;
    }

    private string Decode(byte[] bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Error("it holds text that is not UTF-8.");
        }
    }

    private WeightFileException Ended() => Error("its pickle ends too early or is damaged; the file may be truncated, fetch it again.");
}

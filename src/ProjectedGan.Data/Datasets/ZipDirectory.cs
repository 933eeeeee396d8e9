using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ProjectedGan.Data.Datasets;

/// <summary>
/// Reads a zip's central directory, zip64 included. The framework's ZipArchive serves one thread at a time; with the entries'
/// offsets any number of threads read stored entries by position.
/// </summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;
    private const int EntryLength = 46;

    /// <exception cref="InvalidDataException">There is no whole central directory.</exception>
    public static List<ZipEntryInfo> Read(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var (count, size, offset) = FindEnd(file, length);
        if (size > int.MaxValue || offset < 0 || size < 0 || offset + size > length || count > size / EntryLength)
            throw new InvalidDataException("its directory points outside the file");
        var directory = new byte[size];
        ReadExactly(file, directory, offset);
        var entries = new List<ZipEntryInfo>((int)count);
        var position = 0;
        for (long i = 0; i < count; i++)
            entries.Add(ReadEntry(directory, ref position));
        return entries;
    }

    public static void ReadExactly(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(file, bytes, offset);
            if (read == 0)
                throw new InvalidDataException("the file ends too early");
            bytes = bytes[read..];
            offset += read;
        }
    }

    private static (long Count, long Size, long Offset) FindEnd(SafeFileHandle file, long length)
    {
        // The record stands at the end, followed by a comment of at most 65,535 bytes.
        var tail = new byte[Math.Min(length, EndLength + ushort.MaxValue)];
        ReadExactly(file, tail, length - tail.Length);
        var at = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (at < 0 || tail.Length - at < EndLength)
            throw new InvalidDataException("it has no zip directory; it is cut off or no zip");
        var end = tail.AsSpan(at);
        long count = UInt16(end, 10), size = UInt32(end, 12), offset = UInt32(end, 16);
        if (count != ushort.MaxValue && size != uint.MaxValue && offset != uint.MaxValue)
            return (count, size, offset);
        var position = length - tail.Length + at - 20;
        return position < 0 ? (count, size, offset) : FindLargeEnd(file, length, position) ?? (count, size, offset);
    }

    private static (long Count, long Size, long Offset)? FindLargeEnd(SafeFileHandle file, long length, long position)
    {
        Span<byte> locator = stackalloc byte[20];
        ReadExactly(file, locator, position);
        if (!locator.StartsWith("PK\x06\x07"u8))
            return null;
        var offset = Int64(locator, 8);
        if (offset < 0 || offset > length - 56)
            throw new InvalidDataException("its zip64 directory points outside the file");
        Span<byte> end = stackalloc byte[56];
        ReadExactly(file, end, offset);
        if (!end.StartsWith("PK\x06\x06"u8))
            throw new InvalidDataException("its zip64 directory is damaged");
        return (Int64(end, 32), Int64(end, 40), Int64(end, 48));
    }

    private static ZipEntryInfo ReadEntry(byte[] directory, ref int position)
    {
        if (directory.Length - position < EntryLength || !directory.AsSpan(position).StartsWith("PK\x01\x02"u8))
            throw new InvalidDataException("its directory is damaged");
        var entry = directory.AsSpan(position);
        int nameLength = UInt16(entry, 28), extraLength = UInt16(entry, 30), commentLength = UInt16(entry, 32);
        var total = EntryLength + nameLength + extraLength + commentLength;
        if (entry.Length < total)
            throw new InvalidDataException("its directory is damaged");
        position += total;
        var name = Encoding.UTF8.GetString(entry.Slice(EntryLength, nameLength)).Replace('\\', '/');
        long compressed = UInt32(entry, 20), length = UInt32(entry, 24), offset = UInt32(entry, 42);
        ReadLargeSizes(entry.Slice(EntryLength + nameLength, extraLength), ref length, ref compressed, ref offset);
        if (compressed < 0 || length < 0 || offset < 0)
            throw new InvalidDataException("its directory is damaged");
        return new ZipEntryInfo(name, UInt16(entry, 10), (entry[8] & 1) != 0, UInt32(entry, 16), compressed, length, offset);
    }

    // Extra field 1 holds, in this order, those of the three numbers that do not fit into 32 bits.
    private static void ReadLargeSizes(ReadOnlySpan<byte> extra, ref long length, ref long compressed, ref long offset)
    {
        while (extra.Length >= 4)
        {
            int id = UInt16(extra, 0), size = UInt16(extra, 2);
            if (size > extra.Length - 4)
                return;
            if (id == 1)
            {
                var field = extra.Slice(4, size);
                Widen(ref field, ref length);
                Widen(ref field, ref compressed);
                Widen(ref field, ref offset);
                return;
            }
            extra = extra[(4 + size)..];
        }
    }

    private static void Widen(ref ReadOnlySpan<byte> field, ref long value)
    {
        if (value != uint.MaxValue || field.Length < 8)
            return;
        value = Int64(field, 0);
        field = field[8..];
    }

    private static int UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}

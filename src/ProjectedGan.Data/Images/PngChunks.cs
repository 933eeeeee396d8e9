using System.Buffers.Binary;

namespace ProjectedGan.Data.Images;

/// <summary>What a PNG says beside its pixels, of which some may stand behind them, where libvips does not look.</summary>
internal static class PngChunks
{
    private const int Upright = 1;
    private const int OrientationTag = 0x0112;

    // Meant is a short, but some writers use a long.
    private const int LongType = 4;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the header from a file's first bytes; false where they end before the pixels. A data set has as many as images.</summary>
    /// <exception cref="ImageException">It is damaged or claims too many pixels.</exception>
    public static bool TryReadHeader(ReadOnlySpan<byte> prefix, out ImageInfo info)
    {
        info = default;
        var header = Start(prefix);
        if (header.Length < 25)
            return false;
        var channels = header[17] switch { 0 => 1, 2 or 3 => 3, 4 => 2, 6 => 4, _ => 0 };
        if (!Is(header, "IHDR"u8) || channels == 0)
            throw new ImageException("its PNG header is damaged");
        CheckSize(prefix);
        info = new ImageInfo(
            ImageFormat.Png, (int)BinaryPrimitives.ReadUInt32BigEndian(header[8..]), (int)BinaryPrimitives.ReadUInt32BigEndian(header[12..]), channels, 1);
        for (var rest = Next(header); rest.Length > 0; rest = Next(rest))
        {
            if (Is(rest, "IDAT"u8))
                return true;
            // Transparency of grey, RGB and palettes stands in a chunk of its own.
            if (Is(rest, "tRNS"u8) && !info.HasAlpha)
                info = info with { Channels = channels + 1 };
        }
        return false;
    }

    /// <exception cref="ImageException">The header claims too many pixels.</exception>
    public static void CheckSize(ReadOnlySpan<byte> file)
    {
        var header = Start(file);
        if (header.Length >= 16)
            ImageFile.CheckSize(BinaryPrimitives.ReadUInt32BigEndian(header[8..]), BinaryPrimitives.ReadUInt32BigEndian(header[12..]));
    }

    /// <summary>The orientation that the eXIf chunk asks for, 1 to 8; 1 where there is none, or a damaged one.</summary>
    /// <exception cref="ImageException">The file ends before its last chunk, and with it perhaps before its orientation.</exception>
    public static int Orientation(ReadOnlySpan<byte> file)
    {
        var orientation = Upright;
        for (var rest = Start(file); rest.Length > 0; rest = Next(rest))
        {
            if (Is(rest, "IEND"u8))
                return orientation;
            var length = Length(rest);
            if (Is(rest, "eXIf"u8) && length <= rest.Length - 12)
                orientation = FindInDirectory(rest.Slice(8, (int)length));
        }
        throw new ImageException("its PNG data is cut short: it has no end chunk");
    }

    /// <summary>Whether a file's first bytes are those of a PNG whose samples are what they say: with no colour profile and no turn.</summary>
    public static bool ArePlain(ReadOnlySpan<byte> prefix)
    {
        if (!prefix.StartsWith(Signature))
            return false;
        for (var rest = Start(prefix); rest.Length > 0; rest = Next(rest))
        {
            if (Is(rest, "IDAT"u8))
                return true;
            if (Is(rest, "iCCP"u8) || Is(rest, "eXIf"u8))
                return false;
        }
        return false;
    }

    // A chunk: length, name, content, checksum.
    private static ReadOnlySpan<byte> Start(ReadOnlySpan<byte> file) => file.Length < Signature.Length + 12 ? default : file[Signature.Length..];

    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> chunk) =>
        12L + Length(chunk) is var total && total + 12 <= chunk.Length ? chunk[(int)total..] : default;

    private static uint Length(ReadOnlySpan<byte> chunk) => BinaryPrimitives.ReadUInt32BigEndian(chunk);

    private static bool Is(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> name) => chunk[4..].StartsWith(name);

    // A TIFF header, then the first directory: entries of tag, type, count and value, in the byte order that the header names.
    private static int FindInDirectory(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
            return Upright;
        var little = tiff[0] == 'I';
        var directory = UInt32(tiff[4..], little);
        if (directory > tiff.Length - 2)
            return Upright;
        var entries = tiff[(int)(directory + 2)..];
        for (var left = UInt16(tiff[(int)directory..], little); left > 0 && entries.Length >= 12; left--, entries = entries[12..])
        {
            if (UInt16(entries, little) != OrientationTag)
                continue;
            var value = UInt16(entries[2..], little) == LongType ? UInt32(entries[8..], little) : (uint)UInt16(entries[8..], little);
            return value is >= 1 and <= 8 ? (int)value : Upright;
        }
        return Upright;
    }

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static int UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}

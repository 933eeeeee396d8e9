using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace ProjectedGan.Collectives.Framing;

/// <summary>
/// The check of a frame: CRC-32C, for which processors have an instruction. That instruction takes three cycles but can start in
/// every one, so the payload's 64-bit words are dealt in turn to four registers; the registers, the bytes behind the last group of
/// four words, and the header with a zero in place of the check then go through a fifth.
/// </summary>
internal static class FrameChecksum
{
    public static uint Compute(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        header.Checksum = 0;
        Span<byte> bytes = stackalloc byte[FrameHeader.Bytes];
        header.Write(bytes);
        return Finish(bytes, payload);
    }

    /// <summary>FNV-1a of the run's id in UTF-8.</summary>
    public static ulong RunHash(string run)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in Encoding.UTF8.GetBytes(run))
        {
            hash = (hash ^ value) * 1099511628211UL;
        }
        return hash;
    }

    private static uint Finish(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        uint first = 0, second = 0, third = 0, fourth = 0;
        var words = MemoryMarshal.Cast<byte, ulong>(payload);
        var groups = words.Length / 4 * 4;
        for (var i = 0; i < groups; i += 4)
        {
            first = BitOperations.Crc32C(first, words[i]);
            second = BitOperations.Crc32C(second, words[i + 1]);
            third = BitOperations.Crc32C(third, words[i + 2]);
            fourth = BitOperations.Crc32C(fourth, words[i + 3]);
        }
        var all = uint.MaxValue;
        foreach (var register in (ReadOnlySpan<uint>)[first, second, third, fourth])
        {
            all = BitOperations.Crc32C(all, register);
        }
        foreach (var value in payload[(groups * sizeof(ulong))..])
        {
            all = BitOperations.Crc32C(all, value);
        }
        foreach (var value in header)
        {
            all = BitOperations.Crc32C(all, value);
        }
        return ~all;
    }
}

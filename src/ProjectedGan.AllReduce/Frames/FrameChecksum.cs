using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace ProjectedGan.AllReduce.Frames;

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

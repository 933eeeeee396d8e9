using System.Buffers.Binary;
using System.Numerics;

namespace Orleans.Runtime;

/// <summary>xxHash32 with seed 0, its bytes reversed as the official runtime does: the hash that places identities on the ring, the same in every process.</summary>
internal static class UniformHash
{
    private const uint Prime1 = 2654435761, Prime2 = 2246822519, Prime3 = 3266489917, Prime4 = 668265263, Prime5 = 374761393;

    public static uint Compute(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> rest = data;
        uint hash;
        if (rest.Length >= 16)
        {
            uint first = unchecked(Prime1 + Prime2), second = Prime2, third = 0, fourth = unchecked(0 - Prime1);
            while (rest.Length >= 16)
            {
                first = Round(first, rest);
                second = Round(second, rest[4..]);
                third = Round(third, rest[8..]);
                fourth = Round(fourth, rest[12..]);
                rest = rest[16..];
            }

            hash = unchecked(BitOperations.RotateLeft(first, 1) + BitOperations.RotateLeft(second, 7)
                + BitOperations.RotateLeft(third, 12) + BitOperations.RotateLeft(fourth, 18));
        }
        else
        {
            hash = Prime5;
        }

        return Finish(unchecked(hash + (uint)data.Length), rest);
    }

    private static uint Round(uint lane, ReadOnlySpan<byte> input)
        => unchecked(BitOperations.RotateLeft(lane + (BinaryPrimitives.ReadUInt32LittleEndian(input) * Prime2), 13) * Prime1);

    private static uint Finish(uint hash, ReadOnlySpan<byte> rest)
    {
        unchecked
        {
            for (; rest.Length >= 4; rest = rest[4..])
            {
                hash = BitOperations.RotateLeft(hash + (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime3), 17) * Prime4;
            }

            foreach (byte last in rest)
            {
                hash = BitOperations.RotateLeft(hash + (last * Prime5), 11) * Prime1;
            }

            hash = (hash ^ (hash >> 15)) * Prime2;
            hash = (hash ^ (hash >> 13)) * Prime3;
            // The official hash reads the digest's canonical big-endian bytes as a little-endian number.
            return BinaryPrimitives.ReverseEndianness(hash ^ (hash >> 16));
        }
    }
}

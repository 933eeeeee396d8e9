using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ProjectedGan.AllReduce.Reduction;

/// <summary>
/// float32 to bfloat16 and back on memory: to nearest, ties to even, beyond the largest finite value to infinity. Every NaN becomes
/// the one quiet NaN 0x7FC0, whatever its sign and payload: libtorch's vector and scalar conversions differ there, and a result must
/// not depend on where in a vector an element lies.
/// </summary>
public static class BFloat16Rounding
{
    private const uint QuietNaN = 0x7FC0_0000;

    /// <summary>The bits of the nearest bfloat16.</summary>
    public static ushort ToBits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((float.IsNaN(value) ? QuietNaN : bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The float32 of the same value.</summary>
    public static float FromBits(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Replaces every value by its nearest bfloat16, kept as float32.</summary>
    public static void Round(Span<float> values)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Rounded(Vector256.LoadUnsafe(ref first, (nuint)i)).AsSingle().StoreUnsafe(ref first, (nuint)i);
        }
        for (; i < values.Length; i++)
        {
            values[i] = FromBits(ToBits(values[i]));
        }
    }

    /// <summary>Sums of two operands' values, formed in float32 and rounded; <paramref name="sums"/> may be one of the operands.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Add(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sums)
    {
        RequireSame(left.Length, right.Length, sums.Length);
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        ref var target = ref MemoryMarshal.GetReference(sums);
        var i = 0;
        for (; i <= sums.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var sum = Vector256.LoadUnsafe(ref a, (nuint)i) + Vector256.LoadUnsafe(ref b, (nuint)i);
            Rounded(sum).AsSingle().StoreUnsafe(ref target, (nuint)i);
        }
        for (; i < sums.Length; i++)
        {
            sums[i] = FromBits(ToBits(left[i] + right[i]));
        }
    }

    /// <summary>The bits of the nearest bfloat16 of each value.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Pack(ReadOnlySpan<float> values, Span<ushort> bits)
    {
        RequireSame(values.Length, bits.Length, bits.Length);
        ref var source = ref MemoryMarshal.GetReference(values);
        ref var target = ref MemoryMarshal.GetReference(bits);
        var i = 0;
        for (; i <= values.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var low = Rounded(Vector256.LoadUnsafe(ref source, (nuint)i)) >> 16;
            var high = Rounded(Vector256.LoadUnsafe(ref source, (nuint)(i + Vector256<float>.Count))) >> 16;
            Vector256.Narrow(low, high).StoreUnsafe(ref target, (nuint)i);
        }
        for (; i < values.Length; i++)
        {
            bits[i] = ToBits(values[i]);
        }
    }

    /// <summary>The float32 values of bfloat16 bits.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Unpack(ReadOnlySpan<ushort> bits, Span<float> values)
    {
        RequireSame(values.Length, bits.Length, bits.Length);
        ref var source = ref MemoryMarshal.GetReference(bits);
        ref var target = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref source, (nuint)i));
            (low << 16).AsSingle().StoreUnsafe(ref target, (nuint)i);
            (high << 16).AsSingle().StoreUnsafe(ref target, (nuint)(i + Vector256<float>.Count));
        }
        for (; i < values.Length; i++)
        {
            values[i] = FromBits(bits[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rounded(Vector256<float> values)
    {
        var bits = values.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One)) & Vector256.Create(0xFFFF_0000u);
        return Vector256.ConditionalSelect(Vector256.Equals(values, values).AsUInt32(), rounded, Vector256.Create(QuietNaN));
    }

    private static void RequireSame(int first, int second, int third)
    {
        if (first != second || second != third)
        {
            throw new ArgumentException($"Lengths {first}, {second} and {third} differ.");
        }
    }
}

using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Tests.Reduction;

public class BFloat16RoundingTests
{
    private static readonly float[] Values = Enumerable.Range(0, 10_007).Select(i => BitConverter.UInt32BitsToSingle((uint)i * 429_187u))
        .Concat([0f, -0f, 1f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, 1.00390625f, 1.01171875f, float.NaN, -float.NaN])
        .ToArray();

    [Fact]
    public void Round_AnyFloat_IsWhatLibtorchGives()
    {
        using var whole = tensor(Values);
        using var half = whole.to(ScalarType.BFloat16);
        using var back = half.to(ScalarType.Float32);
        var rounded = (float[])Values.Clone();

        BFloat16Rounding.Round(rounded);

        var expected = TensorBytes.Span<float>(back);
        for (var i = 0; i < Values.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(float.IsNaN(Values[i]) ? BFloat16Rounding.FromBits(0x7FC0) : expected[i]);
            Assert.Equal(bits, BitConverter.SingleToUInt32Bits(rounded[i]));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(1000)]
    public void PackUnpackAdd_AnyLength_AgreeWithOneElementAtATime(int length)
    {
        var (left, right) = (Values[..length], Values[^length..]);
        var (bits, values, sums) = (new ushort[length], new float[length], new float[length]);

        BFloat16Rounding.Pack(left, bits);
        BFloat16Rounding.Unpack(bits, values);
        BFloat16Rounding.Add(left, right, sums);

        for (var i = 0; i < length; i++)
        {
            Assert.Equal(BFloat16Rounding.ToBits(left[i]), bits[i]);
            Assert.Equal(BitConverter.SingleToUInt32Bits(BFloat16Rounding.FromBits(bits[i])), BitConverter.SingleToUInt32Bits(values[i]));
            Assert.Equal(BFloat16Rounding.ToBits(left[i] + right[i]), BFloat16Rounding.ToBits(sums[i]));
            Assert.Equal(0u, BitConverter.SingleToUInt32Bits(sums[i]) & 0xFFFF);
        }
        Assert.Throws<ArgumentException>(() => BFloat16Rounding.Pack(left, new ushort[length + 1]));
    }
}

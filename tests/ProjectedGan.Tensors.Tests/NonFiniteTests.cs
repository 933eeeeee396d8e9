using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

public class NonFiniteTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void Replace_MixedValues_ReplacesAndCounts(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var values = Normal(1, [5000], ScalarType.Float32);
        var expected = values.clone();
        foreach (var (index, value, replacement) in new[]
        {
            (0, float.NaN, 0f), (1023, float.PositiveInfinity, 1e5f), (1024, float.NegativeInfinity, -1e5f), (4999, float.NaN, 0f),
            (4998, float.PositiveInfinity, 1e5f),
        })
        {
            TensorBytes.Span<float>(values)[index] = value;
            TensorBytes.Span<float>(expected)[index] = replacement;
        }

        values = values.to(dtype);
        var counts = NonFinite.Replace(values);

        Assert.Equal(new NonFiniteCounts(2, 2, 1), counts);
        Assert.Equal(5, counts.Total);
        Assert.Equal(Bytes.Hash(expected.to(dtype)), Bytes.Hash(values));
    }

    [Fact]
    public void Replace_HugeFiniteValues_StayAsTheyAre()
    {
        using var scope = NewDisposeScope();
        var values = full([2000], float.MaxValue, dtype: ScalarType.Float32);
        var before = Bytes.Hash(values);

        Assert.Equal(default, NonFinite.Replace(values));
        Assert.Equal(before, Bytes.Hash(values));
    }

    [Fact]
    public void ReplaceDeferred_InfiniteValue_CountsInTensor()
    {
        using var scope = NewDisposeScope();
        var values = full([3], float.NegativeInfinity, dtype: ScalarType.Float32);

        var counts = NonFinite.ReplaceDeferred(values);

        Assert.Equal([0L, 0L, 3L], TensorBytes.Span<long>(counts).ToArray());
        Assert.Equal(-1e5f, values.max().item<float>());
    }

    [Fact]
    public void Replace_Integers_Refused()
    {
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<ArgumentException>(() => NonFinite.Replace(zeros([2], dtype: ScalarType.Int64)));

        Assert.Contains("floating-point", exception.Message);
    }
}

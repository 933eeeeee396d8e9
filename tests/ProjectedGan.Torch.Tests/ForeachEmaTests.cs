using static ProjectedGan.Torch.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Torch.Tests;

public class ForeachEmaTests
{
    [Theory]
    [InlineData(0.1, ScalarType.Float64)]
    [InlineData(0.999, ScalarType.Float64)]
    [InlineData(0.1, ScalarType.Float32)]
    [InlineData(0.999, ScalarType.Float32)]
    public void Lerp_AnyBeta_EqualsTorchLerp(double beta, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Tensor[] averages = [Normal(1, [40, 3], dtype), Normal(2, [7], dtype)];
        Tensor[] currents = [Normal(3, [40, 3], dtype), Normal(4, [7], dtype)];
        var expected = averages.Zip(currents, (average, current) => (current + (average - current) * beta)).ToArray();

        ForeachEma.Lerp(averages, currents, beta);

        for (var i = 0; i < averages.Length; i++)
        {
            Assert.True(MaxDifference(averages[i], expected[i]) < (dtype == ScalarType.Float64 ? 1e-15 : 1e-6));
        }
    }

    [Fact]
    public void Lerp_BetaZero_CopiesExactly()
    {
        using var scope = NewDisposeScope();
        var average = Normal(1, [100], ScalarType.Float32);
        average[0] = float.NaN;
        var current = Normal(2, [100], ScalarType.Float32);

        ForeachEma.Lerp([average], [current], 0);

        Assert.Equal(Bytes.Hash(current), Bytes.Hash(average));
    }

    [Fact]
    public void Lerp_BetaOne_KeepsAverage()
    {
        using var scope = NewDisposeScope();
        var average = Normal(1, [100], ScalarType.Float32);
        var before = Bytes.Hash(average);

        ForeachEma.Lerp([average], [Normal(2, [100], ScalarType.Float32)], 1);

        Assert.Equal(before, Bytes.Hash(average));
    }

    [Fact]
    public void Lerp_BufferOfIntegers_CopiedWithBetaZero()
    {
        using var scope = NewDisposeScope();
        var average = zeros([3], dtype: ScalarType.Int64);
        var current = ones([3], dtype: ScalarType.Int64);

        ForeachEma.Lerp([average], [current], 0);

        Assert.Equal([1L, 1L, 1L], TensorBytes.Span<long>(average).ToArray());
    }

    [Fact]
    public void Lerp_ShapesDiffer_NamesBoth()
    {
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<PganException>(() => ForeachEma.Lerp([Normal(1, [3])], [Normal(1, [4])], 0.5));

        Assert.Contains("[3]", exception.Message);
        Assert.Contains("[4]", exception.Message);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Lerp_BetaOutOfRange_Throws(double beta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ForeachEma.Lerp([], [], beta));
}

using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

public class MovingAverageTests
{
    [Theory]
    [InlineData(0.1, ScalarType.Float64)]
    [InlineData(0.999, ScalarType.Float64)]
    [InlineData(0.1, ScalarType.Float32)]
    [InlineData(0.999, ScalarType.Float32)]
    public void Update_AnyBeta_IsTheWeightedMean(double beta, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (average, current) = (Normal(1, [40, 3], dtype), Normal(3, [40, 3], dtype));
        var expected = average * beta + current * (1 - beta);

        MovingAverage.Update(average, current, beta);

        Assert.True(MaxDifference(average, expected) < (dtype == ScalarType.Float64 ? 1e-15 : 1e-6));
    }

    [Fact]
    public void Update_BetaZero_CopiesExactlyEvenOverNaN()
    {
        using var scope = NewDisposeScope();
        var average = Normal(1, [100], ScalarType.Float32);
        average[0] = float.NaN;
        var current = Normal(2, [100], ScalarType.Float32);

        MovingAverage.Update(average, current, 0);

        Assert.Equal(Bytes.Hash(current), Bytes.Hash(average));
    }

    [Fact]
    public void Update_BetaOne_KeepsAverage()
    {
        using var scope = NewDisposeScope();
        var average = Normal(1, [100], ScalarType.Float32);
        var before = Bytes.Hash(average);

        MovingAverage.Update(average, Normal(2, [100], ScalarType.Float32), 1);

        Assert.Equal(before, Bytes.Hash(average));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Update_BetaOutOfRange_Throws(double beta)
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentOutOfRangeException>(() => MovingAverage.Update(Normal(1, [3]), Normal(2, [3]), beta));
    }
}

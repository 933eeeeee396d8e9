using ProjectedGan.Cli.Plots;

namespace ProjectedGan.Cli.Tests.Plots;

public sealed class AxisScaleTests
{
    [Theory]
    [InlineData(0, 12, new double[] { 0, 2, 4, 6, 8, 10, 12 })]
    [InlineData(0, 617, new double[] { 0, 200, 400, 600, 800 })]
    [InlineData(0, 0.03, new double[] { 0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03 })]
    public void Linear_Range_EndsOnRoundTicks(double low, double high, double[] ticks) =>
        Assert.Equal(ticks, AxisScale.Linear(low, high).Ticks.Select(tick => Math.Round(tick, 9)));

    [Fact]
    public void Linear_OneValue_StillHasARange()
    {
        var scale = AxisScale.Linear(5, 5);
        Assert.True(scale.Low < 5 && scale.High > 5);
        Assert.InRange(scale.Fraction(5), 0.01, 0.99);
    }

    [Theory]
    [InlineData(17.8, 617, new double[] { 10, 20, 50, 100, 200, 500, 1000 })]
    [InlineData(20, 50, new double[] { 20, 50 })]
    [InlineData(7, 7, new double[] { 5, 10 })]
    [InlineData(0.001, 900, new double[] { 0.001, 0.01, 0.1, 1, 10, 100, 1000 })]
    public void Logarithmic_Range_EndsOnRoundTicks(double low, double high, double[] ticks) =>
        Assert.Equal(ticks, AxisScale.Logarithmic(low, high).Ticks.Select(tick => double.Parse($"{tick:G9}")));

    [Fact]
    public void Fraction_OnALogarithmicAxis_IsHalfAtTheGeometricMean() =>
        Assert.Equal(0.5, AxisScale.Logarithmic(10, 1000).Fraction(100), 1e-12);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1000, "1000")]
    [InlineData(0.3 - 0.1 - 0.1, "0.1")]
    [InlineData(2e7, "2e7")]
    public void Format_Tick_HasNoNoiseDigits(double tick, string text) => Assert.Equal(text, AxisScale.Format(tick));
}

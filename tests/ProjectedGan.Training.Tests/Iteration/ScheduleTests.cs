using ProjectedGan.Specification;

namespace ProjectedGan.Training.Tests.Iteration;

public class ScheduleTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 9.5367431640625e-07)]
    [InlineData(100_000, 0.9977843871238888)]
    public void EmaBeta_HalfLifeOf1250_FollowsTheReference(long imagesSeen, double expected) =>
        Assert.Equal(expected, new EmaSpec { HalfLifeImages = 1250 }.Beta(imagesSeen, batch: 4), 12);

    [Fact]
    public void EmaBeta_Defaults_HalveAfterTheReferencesHalfLife() =>
        Assert.Equal(0.5, Math.Pow(new EmaSpec().Beta(imagesSeen: 10_000_000, batch: 32), 10_000 / 32.0), 12);

    [Fact]
    public void EmaBeta_WithoutRampUp_IsConstant() =>
        Assert.Equal(new EmaSpec { RampUp = 0 }.Beta(0, 64), new EmaSpec { RampUp = 0 }.Beta(1_000_000, 64));

    [Theory]
    [InlineData(0, 2)]
    [InlineData(100_000, 1)]
    [InlineData(200_000, 0)]
    [InlineData(300_000, 0)]
    public void BlurSigma_FadesLinearly(long imagesSeen, double expected) =>
        Assert.Equal(expected, new BlurSpec { InitialSigma = 2, FadeImages = 200_000 }.Sigma(imagesSeen), 12);

    [Fact]
    public void BlurSigma_Defaults_IsOff() => Assert.Equal(0, new BlurSpec().Sigma(0));
}

using ProjectedGan.Testing;

namespace ProjectedGan.Evaluation.Tests;

public sealed class GoldenCoverageTests
{
    [Fact]
    public void GoldenRunners_OfThisAssembly_AllHaveTests() =>
        Assert.Empty(GoldenRunners.MissingFrom(typeof(GoldenCoverageTests).Assembly));
}

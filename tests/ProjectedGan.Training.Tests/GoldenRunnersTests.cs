using ProjectedGan.Testing;

namespace ProjectedGan.Training.Tests;

public sealed class GoldenRunnersTests
{
    [Fact]
    public void Runners_OfThisAssembly_HaveTheirTestClasses() =>
        Assert.Empty(GoldenRunners.MissingFrom(typeof(GoldenRunnersTests).Assembly));
}

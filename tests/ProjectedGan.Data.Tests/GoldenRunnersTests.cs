using ProjectedGan.Testing;

namespace ProjectedGan.Data.Tests;

public sealed class GoldenRunnersTests
{
    [Fact]
    public void Runners_OfThisAssembly_HaveTheirTestClasses() =>
        Assert.Empty(GoldenRunners.MissingFrom(typeof(GoldenRunnersTests).Assembly));
}

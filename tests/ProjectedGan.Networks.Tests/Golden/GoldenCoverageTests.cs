using ProjectedGan.Testing;

namespace ProjectedGan.Networks.Tests.Golden;

public sealed class GoldenCoverageTests
{
    [Fact]
    public void Manifest_EveryCase_HasATestClassOrAReason()
    {
        var without = GoldenFolder.Open().Manifest.Cases
            .Where(item => !GoldenRunners.TestClasses.ContainsKey(item.Runner) && GoldenExceptions.ReasonFor(item) is null)
            .Select(item => item.Id);

        Assert.Empty(without);
    }

    [Fact]
    public void Runners_OfThisAssembly_HaveTheirTestClasses() =>
        Assert.Empty(GoldenRunners.MissingFrom(typeof(GoldenCoverageTests).Assembly));

    [Fact]
    public void Outputs_EveryStoredTensor_IsInItsFile()
    {
        var folder = GoldenFolder.Open();
        foreach (var item in folder.Manifest.Cases)
        {
            var names = folder.Outputs(item).Names.ToHashSet();
            Assert.All(item.Outputs, output => Assert.Contains(output.Key, names));
            Assert.All(item.Outputs.Where(output => output.F64?.Key is not null), output => Assert.Contains(output.F64!.Key!, names));
        }
    }
}

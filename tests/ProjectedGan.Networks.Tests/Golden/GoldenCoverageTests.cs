using ProjectedGan.Testing;

namespace ProjectedGan.Networks.Tests.Golden;

/// <summary>Nothing in the golden folders goes unused without being seen.</summary>
public sealed class GoldenCoverageTests
{
    [Fact]
    public void Manifest_EveryCase_HasATestClass()
    {
        var without =
            from folder in GoldenFolder.All
            from item in folder.Manifest.Cases
            where !GoldenRunners.TestClasses.ContainsKey(item.Runner)
            select folder.Identity(item);

        Assert.Empty(without);
    }

    [Fact]
    public void Runners_OfThisAssembly_HaveTheirTestClasses() =>
        Assert.Empty(GoldenRunners.MissingFrom(typeof(GoldenCoverageTests).Assembly));

    [Fact]
    public void Folder_EveryFile_IsACases()
    {
        foreach (var folder in GoldenFolder.All)
        {
            var files = Directory.GetFiles(folder.Location, "*.safetensors").Select(Path.GetFileName).Order(StringComparer.Ordinal);

            Assert.Equal(folder.Manifest.Cases.Select(item => item.File).Order(StringComparer.Ordinal), files);
        }
    }

    [Fact]
    public void Files_EveryTensor_IsAnOutputs()
    {
        foreach (var (folder, item) in GoldenFolder.All.SelectMany(folder => folder.Manifest.Cases.Select(item => (folder, item))))
        {
            var keys = item.Outputs.SelectMany(output => new[] { output.Key, output.F64?.Key }).OfType<string>();

            Assert.Equal(keys.Order(StringComparer.Ordinal), folder.Outputs(item).Names.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Modules_EachOne_BelongsToACase()
    {
        foreach (var folder in GoldenFolder.All)
        {
            string[] arguments = ["module", "G", "D"];
            var used = folder.Manifest.Cases.SelectMany(item => arguments.Select(name => item.Args.Find(name)?.GetString())).ToHashSet();

            Assert.All(folder.Manifest.Modules.Keys, key => Assert.Contains(key, used));
        }
    }
}

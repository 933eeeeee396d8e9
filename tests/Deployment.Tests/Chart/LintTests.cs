using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

public sealed class LintTests
{
    public static TheoryData<string> All => Rendering.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Lint_Strict_FindsNothing(string name) =>
        Assert.Contains("0 chart(s) failed", Tool.Helm.Run(["lint", "--strict", Rendering.Chart, .. Rendering.Values(name)]).Succeeded().Output, StringComparison.Ordinal);

    [Fact]
    public void Package_OfTheChart_HoldsRulesAndTestFiles()
    {
        var folder = Directory.CreateTempSubdirectory("pgan-chart-").FullName;
        try
        {
            Tool.Helm.Run("package", Rendering.Chart, "--destination", folder).Succeeded();
            var package = Assert.Single(Directory.GetFiles(folder));
            var shown = Tool.Helm.Run("template", "gan", package, "--namespace", "research", "--set", "metrics.prometheusRule.enabled=true").Succeeded().Output;
            Assert.Contains("alert: ProjectedGanNodeDown", shown, StringComparison.Ordinal);
            Assert.Contains("images.zip: UEs", shown, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Examples_AreAllInTheInstallationGuide()
    {
        var guide = File.ReadAllText(Repository.At("docs", "install.md"));
        Assert.All(Rendering.Names.Where(name => name != Rendering.Defaults), name => Assert.Contains($"{name}.yaml", guide, StringComparison.Ordinal));
    }
}

using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>What containers are started with is what the real program takes.</summary>
public sealed class ArgumentTests
{
    public static TheoryData<string> All => Rendering.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Arguments_OfEveryContainer_AreTakenByPgan(string name)
    {
        (string Owner, string[] Arguments)[] commands =
            [.. from entry in PodTemplates.Of(Rendering.Of(name)) from container in PodTemplates.Containers(entry.Pod) select (entry.Owner, PodTemplates.Arguments(container))];
        Assert.Contains("coordinator", commands.Select(command => command.Arguments[0]));
        Assert.Contains("worker", commands.Select(command => command.Arguments[0]));
        Assert.Contains("submit", commands.Select(command => command.Arguments[0]));
        Assert.All(commands, command => PganHelp.AssertTakes(command.Arguments, command.Owner));
    }

    [Fact]
    public void AssertTakes_OfAnUnknownOption_Fails() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => PganHelp.AssertTakes(["worker", "--gpus=2"], "here"));

    [Fact]
    public void TestDataset_IsWhatItsSpecSays()
    {
        var files = Path.Combine(Rendering.Chart, "files", "test");
        var inspected = Tool.Pgan.Run("dataset", "inspect", Path.Combine(files, "images.zip")).Succeeded().Output;
        var spec = YamlText.File(Path.Combine(files, "spec.yaml"));
        Assert.Contains($"16 Png {spec["data"]!["resolution"]}x{spec["data"]!["resolution"]}", inspected, StringComparison.Ordinal);
        Assert.Contains("ready", inspected, StringComparison.Ordinal);
    }

    [Fact]
    public void TestSpec_IsTakenByPgan() =>
        Assert.Contains("totalImages: 32", Tool.Pgan.Run("train", "--spec", Path.Combine(Rendering.Chart, "files", "test", "spec.yaml"), "--print-spec").Succeeded().Output, StringComparison.Ordinal);
}

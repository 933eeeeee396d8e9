using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>What <c>helm test</c> starts runs where it may, and leaves nothing behind.</summary>
public sealed class TestPodTests
{
    [Fact]
    public void Pod_IsPlacedByItsOwnValues()
    {
        const string Values = "test.nodeSelector.kind=general,test.tolerations[0].key=general,test.tolerations[0].operator=Exists,test.priorityClassName=low";
        var pod = Assert.Single(YamlText.Documents(Rendering.Template("--set", Values).Succeeded().Output), item => item["kind"]!.GetValue<string>() == "Pod")["spec"]!;
        Assert.Equal("general", pod["nodeSelector"]!["kind"]!.GetValue<string>());
        Assert.Equal("""[{"key":"general","operator":"Exists"}]""", pod["tolerations"]!.ToJsonString());
        Assert.Equal("low", pod["priorityClassName"]!.GetValue<string>());
    }

    [Fact]
    public void Hooks_GoWhenTheyHaveSucceeded_AndTheRestIsTheReleases()
    {
        // Helm removes a release's objects with it, but not what its hooks made.
        var hook = Assert.Single(Rendering.Of(Rendering.Defaults).Objects, item => item["metadata"]!["annotations"]?["helm.sh/hook"] is not null);
        Assert.Equal("Pod", hook["kind"]!.GetValue<string>());
        Assert.Contains("hook-succeeded", hook["metadata"]!["annotations"]!["helm.sh/hook-delete-policy"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void StartupProbes_BeginWhenSomethingMayListen() => Assert.All(
        PodTemplates.Of(Rendering.Of(Rendering.Defaults)).SelectMany(entry => PodTemplates.Containers(entry.Pod)).Where(container => container["startupProbe"] is not null),
        container => Assert.True(container["startupProbe"]!["initialDelaySeconds"]!.GetValue<long>() >= 5));
}

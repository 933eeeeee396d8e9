using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>The real kubectl applies the rendered objects, short of sending them: the server only knows which kinds there are.</summary>
public sealed class ApplyTests
{
    public static TheoryData<string> All => Rendering.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Apply_OnTheClientSide_TakesEveryObject(string name)
    {
        var rendering = Rendering.Of(name);
        await using var server = DiscoveryServer.Start(rendering.Objects);
        string[] command = ["apply", "--server", server.Address, "--dry-run=client", "--validate=false", "--namespace", "research", "--filename", "-", "--output", "name"];
        var applied = Tool.Kubectl.Run(rendering.Text, command).Succeeded();
        Assert.Equal(rendering.Objects.Count, applied.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}

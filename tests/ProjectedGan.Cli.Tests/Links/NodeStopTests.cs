using ProjectedGan.Cli.Tests.Coordinator;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;

namespace ProjectedGan.Cli.Tests.Links;

/// <summary>Nodes that never had anything to do leave in good order.</summary>
[Trait("Speed", "Slow")]
public class NodeStopTests
{
    [Theory]
    [InlineData("worker")]
    [InlineData("evaluator")]
    public async Task Interrupt_IdleNode_EndsWithSuccess(string role)
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        using var node = PganProcess.Start(home.Path, role, "--coordinator", $"{coordinator.Address}", "--name", "idle-node");
        await Eventually.HoldsAsync("the node is known", async () =>
            (await PganProcess.RunAsync(home.Path, "workers", "--coordinator", $"{coordinator.Address}")).Succeeded().Output.Contains("idle-node", StringComparison.Ordinal));

        node.Interrupt();
        var ended = await node.WaitAsync();

        Assert.True(ended.ExitCode == 0, $"{ended.ExitCode}: {ended.Errors}");
        Assert.DoesNotContain("pgan: ", ended.Errors, StringComparison.Ordinal);
    }
}

using ProjectedGan.Cli.Tests.Processes;

namespace ProjectedGan.Cli.Tests.Clusters;

[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class VerifyTests
{
    [Theory]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    public async Task Verify_OneToFourWorkersAndOneKilled_GivesTheSameWeights(string wire)
    {
        using TemporaryFolder home = new();

        var result = (await PganProcess.RunAsync(home.Path, "verify", "--workers", "1,2,3,4", "--iterations", "8", "--replicas", "8", "--wire", wire)).Succeeded();

        string[] lines = [.. result.Output.Split('\n').Where(line => line.Contains("worker", StringComparison.Ordinal))];
        Assert.Equal(5, lines.Length);
        Assert.Single(lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^3]).Distinct());
        Assert.Contains("all 5 runs have the same weights", result.Output, StringComparison.Ordinal);
    }
}

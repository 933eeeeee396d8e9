using ProjectedGan.Cli.Tests.Coordinator;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Security;
using Xunit.Abstractions;

namespace ProjectedGan.Cli.Tests.Links;

/// <summary>Whatever comes in at the ports of workers and evaluators, and at those for metrics and probes, they stand.</summary>
[Trait("Speed", "Slow")]
public class NodeFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Methods =
        ["pgan.v1.Collective/Exchange", "pgan.v1.Collective/FetchState", "grpc.health.v1.Health/Check", "grpc.health.v1.Health/Watch", "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "pgan.v1.Nothing/AtAll"];

    [Fact]
    public async Task RandomBytesAndMutatedMessages_NodesStand()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        using var worker = PganProcess.Start(home.Path, "worker", "--coordinator", $"{coordinator.Address}", "--name", "fuzzed-worker");
        using var evaluator = PganProcess.Start(home.Path, "evaluator", "--coordinator", $"{coordinator.Address}", "--name", "fuzzed-evaluator");
        Uri[] calls = [await AnnouncedAsync(worker, "peers on "), await AnnouncedAsync(evaluator, "health on ")];
        Uri[] metrics = [coordinator.Metrics, await AnnouncedAsync(worker, "metrics on "), await AnnouncedAsync(evaluator, "metrics on ")];
        await BothAreListedAsync(home, coordinator);

        foreach (var address in calls)
        {
            await Fuzz.SendRawAsync(address, random);
            using var channel = NodeChannel.Open(address, RunningServer.Identity(new TransportOptions()));
            await Fuzz.CallAsync(channel, Methods, random);
        }

        foreach (var address in metrics)
        {
            await Fuzz.SendRawAsync(address, random);
            await Fuzz.SendRequestsAsync(address, random);
        }

        using HttpClient http = new();
        foreach ((var address, var path) in metrics.SelectMany(address => new[] { "/metrics", "/healthz", "/readyz" }.Select(path => (address, path))))
        {
            using var response = await http.GetAsync(new Uri(address, path));
            Assert.True(response.IsSuccessStatusCode, $"{address} answers {path} with {response.StatusCode}.");
        }

        await BothAreListedAsync(home, coordinator);
        Assert.All(new[] { worker, evaluator }, node => Assert.False(node.HasExited, node.Errors));
        string[] errors = [.. $"{worker.Errors}\n{evaluator.Errors}\n{coordinator.Log}".Split('\n').Where(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal))];
        Assert.True(errors.Length == 0, string.Join('\n', errors));
    }

    private static Task BothAreListedAsync(TemporaryFolder home, CoordinatorProcess coordinator) => Eventually.HoldsAsync("both nodes are idle", async () =>
    {
        var listed = (await PganProcess.RunAsync(home.Path, "workers", "--coordinator", $"{coordinator.Address}")).Succeeded().Output;
        return listed.Contains("fuzzed-worker", StringComparison.Ordinal) && listed.Contains("fuzzed-evaluator", StringComparison.Ordinal) && !listed.Contains("lost", StringComparison.Ordinal);
    });

    private static async Task<Uri> AnnouncedAsync(PganProcess process, string words)
    {
        string? Line() => process.Output.Split('\n').FirstOrDefault(line => line.StartsWith(words, StringComparison.Ordinal))?[words.Length..].Trim();
        await Eventually.HoldsAsync($"'{words}'", () =>
        {
            Assert.False(process.HasExited, process.Errors);
            return Line() is not null;
        });
        return new Uri(Line()!);
    }
}

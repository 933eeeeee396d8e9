using ProjectedGan.Cli.Local;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using Xunit.Abstractions;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>Workers that tell their peers a wrong address: who cannot reach whom, where and why is told to whoever can mend it.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class AdvertisedAddressTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Names_ThatDoNotResolve_AreToldOnTheExperimentAndInTheLog()
    {
        using TemporaryFolder home = new();
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(5));
        DataSpec data = new() { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None), Resolution = 64 };
        var spec = VerificationSpec.Create(replicas: 2, iterations: 5) with { Data = data, Cluster = new ClusterSpec { MinWorkers = 2 } };
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        await using LocalNode first = await StartAsync(home, cluster, 1, patience.Token), second = await StartAsync(home, cluster, 2, patience.Token);
        (string Id, string Address)[] workers = [.. new[] { first, second }.Select((worker, i) => (worker.Announced("worker"), Advertised(i + 1)))];

        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "nowhere" });
        var cooling = await cluster.WaitForEventAsync(experiment.Id, "one to be sent away", happened => happened.Worker?.What == "cooling");

        output.WriteLine(cooling.Text);
        (var id, var address) = workers.Single(worker => worker.Id == cooling.Worker.Worker);
        var said = $"Worker '{workers.Single(worker => worker.Id != id).Id}' cannot reach worker '{id}' at {address}/: ";
        Assert.Contains(said, cooling.Worker.Reason, StringComparison.Ordinal);
        Assert.Contains("; see its --advertise.", cooling.Worker.Reason, StringComparison.Ordinal);
        await cluster.WaitAsync(experiment.Id, "the reason to wait", shown => shown.Reason.Contains(said, StringComparison.Ordinal));
        Assert.Contains(Directory.GetFiles(home.Path, "worker-*.log").Select(ReadShared), log => log.Contains(said, StringComparison.Ordinal));
    }

    private static string Advertised(int number) => $"http://pod-{number}.invalid:7500";

    private static Task<LocalNode> StartAsync(TemporaryFolder home, ChaosCluster cluster, int number, CancellationToken cancellation) => LocalNode.StartAsync(
        "worker", home.At($"worker-{number}.log"), "metrics on",
        [
            "--coordinator", cluster.Address, "--advertise", Advertised(number), "--no-shared-memory", "--lanes", "1", "--name", $"w{number}",
            "--cache", home.At($"cache-{number}"),
        ],
        niceness: 0, cancellation);

    private static string ReadShared(string file)
    {
        using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}

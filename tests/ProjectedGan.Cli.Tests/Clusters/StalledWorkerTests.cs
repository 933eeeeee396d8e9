using System.Diagnostics;
using ProjectedGan.Cli.Local;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>A worker that tells that it lives while a write of its training hangs, as on a disk that does not answer.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class StalledWorkerTests
{
    // As much as the kernel takes before a writer has to wait.
    private const int PipeBytes = 64 << 10;

    [Fact]
    public async Task Training_HangsOnOneWorker_ThatOneEndsAndTheOthersGoOn()
    {
        using TemporaryFolder home = new();
        var spec = VerificationSpec.Create(replicas: 4, iterations: 20) with { Data = new DataSpec { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None), Resolution = 64, Mirror = true, DecodingThreads = 1 } };
        spec = spec with { Cluster = new ClusterSpec { MinWorkers = 1 } };
        var calm = await CalmRun.WeightsHashAsync(home, spec);
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        using var full = FullPipe(home.At("pipe"));
        await using var stalled = await LocalNode.StartAsync(
            "worker", home.At("stalled.log"), "metrics on",
            ["--coordinator", cluster.Address, "--name", "stalled", "--lanes", "1", "--cache", home.At("cache-stalled"), "--image-ledger", home.At("pipe"), "--stall", "10s"],
            niceness: 0, CancellationToken.None);

        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "stall" });
        await cluster.WaitAsync(experiment.Id, "the member", now => now.Members.Count == 1);
        await cluster.AddWorkerAsync();
        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);

        Assert.Equal(calm, ended.WeightsHash);
        var events = await Recoveries.ReadAsync(cluster.Experiments, experiment.Id);
        Assert.Contains(events, happened => happened.Text.Contains("stood still", StringComparison.Ordinal));
        await Eventually.HoldsAsync("the stalled process ends", () => stalled.HasExited);
    }

    private static FileStream FullPipe(string path)
    {
        using (var made = Process.Start("mkfifo", [path])!)
        {
            made.WaitForExit();
        }

        FileStream pipe = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        pipe.Write(new byte[PipeBytes]);
        return pipe;
    }
}

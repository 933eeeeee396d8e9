using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>Real processes whose disks are full for a while: everybody is told, nothing is lost, and it goes on when there is room.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class FullDiskTests
{
    // What a store keeps free, and more than the tests put on a disk.
    private const long Reserved = 256L << 20;
    private const long Plenty = 2 * Reserved;

    [SmallDiskFact]
    public async Task Coordinator_FullAtTheLastCheckpoint_CompletesWhenThereIsRoom()
    {
        using TemporaryFolder home = new();
        using SmallDisk disk = new(home.At("data"), Plenty);
        var spec = Spec(home);
        var calm = await CalmRun.WeightsHashAsync(home, spec);
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        await cluster.AddWorkerAsync();
        var experiment = await SubmitAsync(cluster, spec);
        await cluster.WaitAsync(experiment.Id, "the first iteration", now => now.Progress?.Iteration >= 1);

        disk.Resize(Reserved);
        await cluster.WaitForEventAsync(experiment.Id, "a refused upload", happened => happened.Log is { Level: "warning" } log && log.Text.StartsWith("not uploaded: ", StringComparison.Ordinal) && log.Text.Contains("disk is full", StringComparison.Ordinal));
        var stands = await cluster.WaitAsync(experiment.Id, "the last iteration", now => now.Progress?.Images == now.TotalImages);
        Assert.Equal(ExperimentState.Running, stands.State);
        disk.Resize(Plenty);

        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);
        Assert.Equal(calm, ended.WeightsHash);
        Assert.Contains(ended.Snapshots, snapshot => snapshot.Images == ended.TotalImages);
    }

    [SmallDiskFact]
    public async Task Worker_FullAtTheStartAndAtTheLastCheckpoint_SaysSoAndCompletesWhenThereIsRoom()
    {
        using TemporaryFolder home = new();
        // Smaller than what it has to keep free: the dataset does not fit.
        using SmallDisk small = new(home.At("cache-0"), Reserved);
        using SmallDisk disk = new(home.At("cache-1"), Plenty);
        var spec = Spec(home);
        var calm = await CalmRun.WeightsHashAsync(home, spec);
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        var full = await cluster.AddWorkerAsync();
        var experiment = await SubmitAsync(cluster, spec);
        var failed = await cluster.WaitForEventAsync(experiment.Id, "the worker's failure", happened => happened.Worker?.What == "cooling");
        Assert.Equal(full.Id, failed.Worker.Worker);
        Assert.Contains("the disk is full", failed.Worker.Reason, StringComparison.Ordinal);
        await cluster.WaitAsync(experiment.Id, "the queue", now => now.State == ExperimentState.Queued);

        await cluster.AddWorkerAsync();
        await cluster.WaitAsync(experiment.Id, "the first iteration", now => now.Progress?.Iteration >= 1);
        disk.Fill();
        await cluster.WaitForEventAsync(experiment.Id, "a checkpoint that failed", happened => happened.Log is { Level: "warning" } log && log.Text.Contains("the checkpoint cannot be written", StringComparison.Ordinal));
        var stands = await cluster.WaitAsync(experiment.Id, "the last iteration", now => now.Progress?.Images == now.TotalImages);
        Assert.Equal(ExperimentState.Running, stands.State);
        disk.Resize(Plenty);

        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);
        Assert.Equal(calm, ended.WeightsHash);
        Assert.Single(ended.Epochs);
    }

    // Long enough to fill a disk meanwhile. The only checkpoint is the last, and the only snapshots are the first and the last.
    private static TrainingSpec Spec(TemporaryFolder home)
    {
        DataSpec data = new() { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None), Resolution = 64, Mirror = true, DecodingThreads = 1 };
        var spec = VerificationSpec.Create(replicas: 2, iterations: 30);
        return spec with { Data = data, Cluster = new ClusterSpec { MinWorkers = 1 }, Schedule = spec.Schedule with { SnapshotImages = spec.TotalImages * 2 } };
    }

    private static async Task<Experiment> SubmitAsync(ChaosCluster cluster, TrainingSpec spec) =>
        await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "disk" });
}

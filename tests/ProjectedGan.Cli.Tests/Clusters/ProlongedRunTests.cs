using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>An experiment that gets a later end once it has reached its own.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class ProlongedRunTests
{
    [Fact]
    public async Task Resume_WithMoreImages_EndsWithTheWeightsOfARunThatHadThemFromItsStart()
    {
        using TemporaryFolder home = new();
        DataSpec data = new() { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None), Resolution = 64, Mirror = true, DecodingThreads = 1 };
        var whole = VerificationSpec.Create(replicas: 4, iterations: 24) with { Data = data, Cluster = new ClusterSpec { MinWorkers = 2 } };
        var calm = await CalmRun.WeightsHashAsync(home, whole);
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        await cluster.AddWorkerAsync();
        await cluster.AddWorkerAsync();
        string[] to = ["--coordinator", cluster.Address];
        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(whole with { TotalImages = 40 }), Name = "prolonged" });
        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);
        Assert.NotEqual(calm, ended.WeightsHash);

        (await PganProcess.RunAsync(home.Path, ["resume", experiment.Id, .. to])).Refused(1, $"pgan resume {experiment.Id} --total-images N");
        foreach (var tooFew in new[] { "-1", "39", "40" })
        {
            (await PganProcess.RunAsync(home.Path, ["resume", experiment.Id, "--total-images", tooFew, .. to])).Refused(2, $"total_images is {tooFew}", "use 41 or more");
        }

        var resumed = (await PganProcess.RunAsync(home.Path, ["resume", experiment.Id, "--total-images", "96", .. to])).Succeeded().Output;
        Assert.Contains("Resumed, to train 96 images.", resumed, StringComparison.Ordinal);
        // Its workers left the run when it was complete; the coordinator may be another one by now.
        await cluster.RestartCoordinatorAsync();
        var longer = await cluster.WaitAsync(experiment.Id, "the later end", now => now.State == ExperimentState.Completed && now.CheckpointIteration == 24);

        Assert.Equal(calm, longer.WeightsHash);
        Assert.Equal((96, ended.SpecHash), (longer.TotalImages, longer.SpecHash));
        Assert.Contains("totalImages: 96", longer.SpecYaml, StringComparison.Ordinal);
        Assert.Equal(10, longer.Epochs.First(epoch => epoch.FirstIteration > 0).FirstIteration);
    }
}

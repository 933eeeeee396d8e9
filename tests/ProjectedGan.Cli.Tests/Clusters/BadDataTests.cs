using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>Real processes of which one sends damaged data, or whose numbers overflow.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class BadDataTests(ITestOutputHelper output)
{
    // Alone at first, it is the only one that has the state, which the others cannot get from it.
    [Theory]
    [InlineData(3, 40)]
    [InlineData(1, 60)]
    public async Task Worker_SendsDamagedData_IsExpelledAndTheWeightsAreTheCalmRuns(int first, int iterations)
    {
        using TemporaryFolder home = new();
        var spec = Spec(home, iterations);
        var calm = await CalmRun.WeightsHashAsync(home, spec);
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        await AddWorkersAsync(cluster, first);

        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "damage" });
        var whole = await cluster.WaitAsync(experiment.Id, "the members at work", now => now.Members.Count == first && now.Progress?.Iteration >= 3);
        // Earlier members call later ones: this one sends everything through its own proxy.
        var bad = whole.Members[^1].Worker;
        cluster.Workers.Single(worker => worker.Id == bad).ToPeers.Damages = true;
        await AddWorkersAsync(cluster, 3 - first);

        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);

        var events = await Recoveries.ReadAsync(cluster.Experiments, experiment.Id);
        output.WriteLine(string.Join('\n', events.Where(happened => happened.Progress is null).Select(happened => happened.Text)));
        Assert.Equal(calm, ended.WeightsHash);
        Assert.Equal(bad, Assert.Single(events, happened => happened.Worker?.What == "expelled").Worker.Worker);
        Assert.Contains(events, happened => happened.Text.Contains($"received damaged data from {bad}", StringComparison.Ordinal));
        Assert.DoesNotContain(ended.Epochs[^1].Members, member => member.Worker == bad);
        Assert.Equal(2, ended.Epochs[^1].Members.Count);
    }

    [Theory]
    [InlineData(NonFinitePolicy.Stop, "Iteration 0: the gradient of the generator has [0-9]+ NaN.* elements from replica [0-3, ]+ in .*lower the learning rate")]
    [InlineData(NonFinitePolicy.Replace, "The losses of all replicas have been NaN or infinite for 5 iterations.*nothing is learned any more")]
    public async Task Training_OverflowsForEverybody_EndsByThePolicyAndNobodyIsExpelled(NonFinitePolicy policy, string reason)
    {
        using TemporaryFolder home = new();
        var spec = Spec(home, iterations: 15) with { NonFinite = policy };
        spec = spec with { Features = spec.Features with { Weights = WriteOverflowingFeatures(home) } };
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        await cluster.AddWorkerAsync();
        await cluster.AddWorkerAsync();

        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "overflow" });
        var ended = await cluster.WaitAsync(experiment.Id, "an end", now => now.State is ExperimentState.Failed or ExperimentState.Completed);

        output.WriteLine(ended.Reason);
        var events = await Recoveries.ReadAsync(cluster.Experiments, experiment.Id);
        Assert.Equal(ExperimentState.Failed, ended.State);
        Assert.Matches(reason, ended.Reason);
        Assert.DoesNotContain(events, happened => happened.Worker?.What == "expelled");
        Assert.Equal(2, Assert.Single(ended.Epochs).Members.Count);
        if (policy == NonFinitePolicy.Replace)
        {
            Assert.Contains(events, happened => happened.Progress?.NonFiniteElements > 0);
        }
    }

    // Each weight is a number of float32, what is computed with them is none, on any processor.
    private static string WriteOverflowingFeatures(TemporaryFolder home)
    {
        var path = home.At("features.safetensors");
        using var network = FeatureNetworks.Create("mobilenet_v2");
        network.Randomize(new Generator(1));
        using (no_grad())
        {
            foreach (var weight in network.parameters())
            {
                weight.mul_(1e30);
            }
        }

        StateDict.Save(network, path);
        return path;
    }

    private static async Task AddWorkersAsync(ChaosCluster cluster, int count)
    {
        for (var worker = 0; worker < count; worker++)
        {
            await cluster.AddWorkerAsync(sharesMemory: false);
        }
    }

    private static TrainingSpec Spec(TemporaryFolder home, int iterations)
    {
        DataSpec data = new() { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None), Resolution = 64, Mirror = true, DecodingThreads = 1 };
        return VerificationSpec.Create(replicas: 4, iterations) with { Data = data, Cluster = new ClusterSpec { MinWorkers = 1 } };
    }
}

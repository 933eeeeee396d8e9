using ProjectedGan.Cli.Tests.Coordinator;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Coordinator.Tests.Storage;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>Training under three coordinators, whichever of them are there.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class SeveralCoordinatorsTrainingTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const int Iterations = 200;

    [Fact]
    public async Task Coordinators_KilledAndRestartedWhileTraining_EndsWithTheCalmRunsWeights()
    {
        using TemporaryFolder home = new();
        var spec = VerificationSpec.Create(replicas: 4, Iterations) with { Data = new DataSpec { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None), Resolution = 64, Mirror = true, DecodingThreads = 1 } };
        spec = spec with { Schedule = spec.Schedule with { CheckpointImages = 160 }, Cluster = new ClusterSpec { MinWorkers = 1, MaxWorkers = 2 } };
        var calm = await CalmRun.WeightsHashAsync(home, spec);

        await using SiloCluster cluster = new(home, await postgres.CreateDatabaseAsync());
        await cluster.AddAsync(TimeSpan.FromMinutes(5));
        await Task.WhenAll(cluster.AddAsync(), cluster.AddAsync());
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(5));
        await using var one = await ChaosWorker.StartAsync(home.Path, 0, cluster.Silos[0].Address.Port, sharesMemory: true, patience.Token);
        await using var other = await ChaosWorker.StartAsync(home.Path, 1, cluster.Silos[1].Address.Port, sharesMemory: true, patience.Token);
        var id = (await cluster.Silos[2].Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "several" })).Id;

        await IterationAsync(cluster, id, 30);
        await LoseAsync(cluster, [one, other], kill: true);
        await IterationAsync(cluster, id, 80);
        await cluster.AddAsync();
        await LoseAsync(cluster, [one, other], kill: false);
        await IterationAsync(cluster, id, 130);
        await LoseAsync(cluster, [one, other], kill: true);

        var ended = await WaitAsync(cluster, id, "the end", now => now.State == ExperimentState.Completed);
        Assert.Equal(calm, ended.WeightsHash);
        using var dataset = ImageDataset.Open(spec.Data.Path);
        ImageLedgers.AssertEachImageOnce(home.Path, ended, images: dataset.Count);
    }

    private static Task<Experiment> IterationAsync(SiloCluster cluster, string id, long iteration) =>
        WaitAsync(cluster, id, $"iteration {iteration}", now => now.Progress?.Iteration >= iteration || now.State == ExperimentState.Completed);

    private static async Task<Experiment> WaitAsync(SiloCluster cluster, string id, string what, Func<Experiment, bool> isThere)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(10));
        while (true)
        {
            var now = await cluster.AskAsync($"an answer while it is waited for {what}", cluster.Silos[^1], client => client.GetAsync(new GetRequest { Id = id }).ResponseAsync);
            if (isThere(now))
            {
                return now;
            }

            Assert.False(patience.IsCancellationRequested || now.State is ExperimentState.Completed or ExperimentState.Failed or ExperimentState.Cancelled, $"Waited in vain for {what}: {now}\n{cluster.Logs}");
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    // As a service in front of the coordinators, the links lead to those that are there.
    private static async Task LoseAsync(SiloCluster cluster, ChaosWorker[] workers, bool kill)
    {
        await (kill ? cluster.KillAsync(cluster.Silos[0]) : cluster.StopAsync(cluster.Silos[0]));
        for (var worker = 0; worker < workers.Length; worker++)
        {
            workers[worker].ToCoordinator.TargetPort = cluster.Silos[worker % cluster.Silos.Count].Address.Port;
            workers[worker].ToCoordinator.Reset();
        }
    }
}

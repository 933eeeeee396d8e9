using Orleans.Core.Internal;
using ProjectedGan.Coordination.Evaluation;
using ProjectedGan.Coordination.Experiments;
using ProjectedGan.Coordination.Tests.Experiments;
using ProjectedGan.Coordination.Tests.Simulation;
using ProjectedGan.Coordination.Workers;

namespace ProjectedGan.Coordination.Tests.Clustering;

/// <summary>A coordinator that ends takes its grains along; those of the others stay, and what they told the lost ones must be told again.</summary>
public class MovedGrainTests
{
    [Theory]
    [InlineData("scheduler")]
    [InlineData("experiment")]
    [InlineData("worker")]
    [InlineData("directory")]
    [InlineData("workers")]
    [InlineData("any")]
    public async Task Grain_MadeAnewOverAndOver_TrainingGoesOn(string which)
    {
        await using SimulatedCluster cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 120;
        (string id, _) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 4);
        IAddressable[] grains = Grains(cluster, id, which);
        for (int round = 0; (await cluster.GetAsync(id)).State != ExperimentState.Completed; round++)
        {
            Assert.True(round < 120, $"The run is not completed after {round} rounds.");
            if (round == 8)
            {
                cluster.World.Workers["w003"].IsDead = true;
            }
            else if (round == 20)
            {
                cluster.AddWorker();
            }

            await MoveAsync(grains[round % grains.Length]);
            await cluster.StepAsync(3);
        }

        await cluster.AssertCompletedAsync(id);
        Assert.Contains((await cluster.GetAsync(id)).Epochs, epoch => epoch.Members.Any(member => member.Worker == "w004"));
    }

    /// <summary>Two machines' clocks differ: the worker's grain is made anew in what was long ago for those that it told of the worker.</summary>
    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task Worker_MadeAnewByAnotherClock_IsHeardAndTold(int minutes)
    {
        await using SimulatedCluster cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 120;
        (string id, SimulatedWorker[] workers) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 4);
        foreach (SimulatedWorker worker in workers)
        {
            cluster.Time.Advance(TimeSpan.FromMinutes(minutes));
            await MoveAsync(cluster.Grains.GetGrain<IWorkerGrain>(worker.Id));
            await worker.StepAsync(cluster.Grains, cluster.LastIteration, 16);
            cluster.Time.Advance(TimeSpan.FromMinutes(-minutes));
            await cluster.StepAsync(3);
        }

        workers[2].IsDead = true;
        await cluster.UntilAsync("the loss to be seen", async () => (await cluster.GetAsync(id)).Members.Length == 2, steps: 40);
        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal([3, 2, 3], (await cluster.GetAsync(id)).Epochs.Select(epoch => epoch.Members.Length));
    }

    [Fact]
    public async Task Scheduler_MadeAnew_GivesWorkersToWhatWaits()
    {
        await using SimulatedCluster cluster = await SimulatedCluster.StartAsync();
        string id = await cluster.SubmitAsync();
        await MoveAsync(cluster.Scheduler);
        cluster.AddWorkers(1);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
    }

    [Fact]
    public async Task Queue_MadeAnew_EvaluatesWhatWaits()
    {
        await using SimulatedCluster cluster = await SimulatedCluster.StartAsync();
        string id = await cluster.SubmitAsync();
        await cluster.Experiment(id).RecordSnapshotAsync("w", new SnapshotRecord { Images = 100, Iteration = 6, Measure = true, Weights = new() { Name = "g", Digest = "g" } });
        Assert.Equal(1, (await cluster.Evaluations.DescribeAsync()).Queued);
        await MoveAsync(cluster.Evaluations);

        await cluster.Evaluations.RegisterAsync(new EvaluatorRegistration { Id = "e1", Name = "e1", DeviceKind = "cpu" }, "stream");
        await cluster.Evaluations.ReportAsync("e1", new EvaluatorStatus());
        await cluster.Evaluations.TickAsync();

        Assert.Equal(100, (await cluster.Evaluations.WaitForCommandAsync("e1", 0, CancellationToken.None))?.Task?.Images);
    }

    private static IAddressable[] Grains(SimulatedCluster cluster, string id, string which)
    {
        IAddressable[] workers = [.. Enumerable.Range(1, 4).Select(number => cluster.Grains.GetGrain<IWorkerGrain>($"w{number:000}"))];
        return which switch
        {
            "scheduler" => [cluster.Scheduler],
            "experiment" => [cluster.Experiment(id)],
            "worker" => workers,
            "directory" => [cluster.Experiments],
            "workers" => [cluster.Grains.GetGrain<IWorkerDirectoryGrain>(GrainNames.Single)],
            _ => [cluster.Scheduler, workers[0], cluster.Experiment(id), workers[1], cluster.Evaluations, workers[2], cluster.Experiments],
        };
    }

    private static async Task MoveAsync(IAddressable grain) => await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
}

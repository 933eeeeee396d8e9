using Orleans.Core.Internal;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Experiments;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Clustering;

/// <summary>A coordinator that ends takes its grains along; those of the others stay, and what they told the lost ones must be told again.</summary>
[Trait("Speed", "Slow")]
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
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 120;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 4);
        var grains = Grains(cluster, id, which);
        for (var round = 0; (await cluster.GetAsync(id)).State != ExperimentState.Completed; round++)
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
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 120;
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 4);
        foreach (var worker in workers)
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
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await MoveAsync(cluster.Scheduler);
        cluster.AddWorkers(1);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
    }

    [Fact]
    public async Task Queue_MadeAnew_EvaluatesWhatWaits()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await cluster.Experiment(id).RecordSnapshotAsync("w", new SnapshotRecord { Images = 100, Iteration = 6, Measure = true, Weights = new() { Name = "g", Digest = "g" } });
        Assert.Equal(1, (await cluster.Evaluations.DescribeAsync()).Queued);
        await MoveAsync(cluster.Evaluations);

        await cluster.Evaluations.RegisterAsync(new EvaluatorRegistration { Id = "e1", Name = "e1", DeviceKind = "cpu" }, "stream");
        await cluster.Evaluations.ReportAsync("e1", new EvaluatorStatus());
        await cluster.Evaluations.TickAsync();

        Assert.Equal(100, (await cluster.Evaluations.WaitForCommandAsync("e1", 0, CancellationToken.None))?.Task?.Images);
    }

    /// <summary>The other coordinators live on, and would show for ever what was when the grain left them.</summary>
    [Fact]
    public async Task Gauges_OfGrainsThatMoveAway_AreShownWhereTheyAreAlone()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 4);
        var waiting = await cluster.SubmitAsync(cluster.Submission(min: 3));
        await cluster.Evaluations.RegisterAsync(new EvaluatorRegistration { Id = "e1", Name = "e1", DeviceKind = "cpu" }, "stream");
        foreach (var images in new[] { 16L, 32L })
        {
            await cluster.Experiment(id).RecordSnapshotAsync("w001", new SnapshotRecord { Images = images, Iteration = images / 16, Measure = true, Weights = new() { Name = "g", Digest = "g" } });
        }

        await cluster.Experiment(id).RecordEvaluationAsync(32, new EvaluationOutcome { Metrics = [new MetricRecord { Metric = "fd", Value = 3, Samples = 8 }] });
        await cluster.Experiment(id).RecordSnapshotAsync("w001", new SnapshotRecord { Images = 48, Iteration = 3, Measure = true, Weights = new() { Name = "g", Digest = "g" } });
        await cluster.StepAsync();
        AssertShown(shown: true);

        foreach (var grain in Grains(cluster, id, "any").Append(cluster.Grains.GetGrain<IWorkerDirectoryGrain>(GrainNames.Single)))
        {
            await MoveAsync(grain);
        }

        for (var look = 0; look < 500 && (cluster.Gauges.Of(id) is not null || cluster.Gauges.Counts.Values.Any(count => count > 0)); look++)
        {
            await Task.Delay(10);
        }

        AssertShown(shown: false);
        await cluster.StepAsync(3);
        Assert.Equal(2, cluster.Gauges.Of(id)?.Workers);
        Assert.Equal(32, cluster.Gauges.Measured(id));
        Assert.Equal((2, 2, 1), (cluster.Gauges.Counts["experiments"], cluster.Gauges.Counts["worker"], cluster.Gauges.Counts["queue"]));
        Assert.Equal(ExperimentState.Queued, (await cluster.GetAsync(waiting)).State);

        void AssertShown(bool shown)
        {
            Assert.Equal(shown, cluster.Gauges.Of(id) is not null);
            Assert.Equal(shown, cluster.Gauges.Measured(id) is not null);
            Assert.Equal(["evaluation queue", "evaluator", "experiments", "queue", "worker"], cluster.Gauges.Counts.Keys.Order());
            Assert.All(cluster.Gauges.Counts, count => Assert.True(count.Value > 0 == shown, $"{count.Key} is {count.Value}."));
        }
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

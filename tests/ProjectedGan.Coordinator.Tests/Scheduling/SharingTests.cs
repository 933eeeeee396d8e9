using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Experiments;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Scheduling;

[Trait("Speed", "Slow")]
public class SharingTests
{
    [Fact]
    public async Task Gang_StartsOnlyWhenAllAreThere()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync(cluster.Submission(min: 3));
        cluster.AddWorkers(2);
        await cluster.StepAsync(10);
        Assert.Equal(ExperimentState.Queued, (await cluster.GetAsync(id)).State);
        Assert.All(cluster.Alive, worker => Assert.Equal("", worker.Run));
        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal(3, (await cluster.GetAsync(id)).Epochs[0].Members.Length);
    }

    [Fact]
    public async Task Elastic_ShrinksForAQueuedOneAndGrowsBack()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 150;
        cluster.AddWorkers(4);
        await cluster.StepAsync();
        var first = await cluster.SubmitAsync();
        await cluster.UntilAsync("all to train", () => Task.FromResult(cluster.Alive.All(worker => worker.Iteration >= 5)));
        var second = await cluster.SubmitAsync(cluster.Submission(min: 2, max: 2, user: "bob"));
        await cluster.UntilStateAsync(second, ExperimentState.Running);
        Assert.Equal(ExperimentState.Running, (await cluster.GetAsync(first)).State);
        await cluster.UntilStateAsync(second, ExperimentState.Completed);
        await cluster.UntilStateAsync(first, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(first);
        await cluster.AssertCompletedAsync(second);
        var view = await cluster.GetAsync(first);
        Assert.Equal([4, 2], view.Epochs.Take(2).Select(epoch => epoch.Members.Length));
        Assert.DoesNotContain(view.History, entry => entry.State == ExperimentState.Waiting);
    }

    [Fact]
    public async Task Elastic_GrowsUpToItsMaximum()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 200;
        cluster.AddWorkers(1);
        var id = await cluster.SubmitAsync(cluster.Submission(max: 3));
        await cluster.UntilStateAsync(id, ExperimentState.Running);
        cluster.AddWorkers(5);
        await cluster.UntilAsync("three members", async () => (await cluster.GetAsync(id)).Members.Length == 3);
        await cluster.StepAsync(10);
        Assert.Equal(3, (await cluster.GetAsync(id)).Workers.Length);
    }

    [Fact]
    public async Task Priority_OvertakesTheQueue()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var low = await cluster.SubmitAsync();
        var high = await cluster.SubmitAsync(cluster.Submission(priority: 10));
        cluster.AddWorker();
        await cluster.UntilStateAsync(high, ExperimentState.Completed);
        await cluster.UntilStateAsync(low, ExperimentState.Completed);
        Assert.True((await cluster.GetAsync(low)).History.First(entry => entry.State == ExperimentState.Starting).Time >= (await cluster.GetAsync(high)).Ended);
    }

    [Fact]
    public async Task Users_ShareFairly()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        string[] ann = [.. await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => cluster.SubmitAsync(cluster.Submission(max: 1))))];
        var bob = await cluster.SubmitAsync(cluster.Submission(max: 1, user: "bob"));
        cluster.AddWorkers(2);
        await cluster.UntilStateAsync(bob, ExperimentState.Running);
        ExperimentState[] states = [.. (await Task.WhenAll(ann.Select(cluster.GetAsync))).Select(view => view.State)];
        Assert.Equal(3, states.Count(state => state == ExperimentState.Queued));
    }

    [Fact]
    public async Task Kinds_OfDevicesAreNotMixed()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { DeviceKind = "cuda", Arithmetic = "g" });
        cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { Arithmetic = "avx2" });
        cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { Arithmetic = "avx512" });
        await cluster.StepAsync();
        var id = await cluster.SubmitAsync(cluster.Submission(kind: "cpu"));
        var gang = await cluster.SubmitAsync(cluster.Submission(kind: "cuda", min: 2));
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        Assert.All((await cluster.GetAsync(id)).Epochs, epoch => Assert.Single(epoch.Members));
        Assert.Equal("Waits for 2 cuda workers; only 1 of one kind and arithmetic is connected, and it needs 2.", (await cluster.GetAsync(gang)).Reason);
    }

    [Fact]
    public async Task TwoBelowTheirMinimum_OneGivesWay()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 150;
        cluster.AddWorkers(4);
        await cluster.StepAsync();
        var first = await cluster.SubmitAsync(cluster.Submission(min: 2, max: 2));
        var second = await cluster.SubmitAsync(cluster.Submission(min: 2, max: 2));
        await cluster.UntilAsync("both to train", () => Task.FromResult(cluster.Alive.All(worker => worker.Iteration >= 15)));
        foreach (var id in new[] { first, second })
        {
            cluster.World.Workers[(await cluster.GetAsync(id)).Members[0].Worker].IsDead = true;
        }

        await cluster.UntilStateAsync(first, ExperimentState.Completed);
        await cluster.UntilStateAsync(second, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(first);
        await cluster.AssertCompletedAsync(second);
    }

    [Fact]
    public async Task Waiting_WithTooFewConnected_GivesItsSurvivorToOneThatCanStartAndGoesOnLater()
    {
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { GiveBackAfter = TimeSpan.FromSeconds(30) });
        cluster.LastIteration = 100;
        (var first, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 15, min: 2);
        cluster.World.Workers["w002"].IsDead = true;
        await cluster.UntilStateAsync(first, ExperimentState.Waiting);
        var reached = cluster.World.Workers["w001"].Iteration;
        var second = await cluster.SubmitAsync();
        await cluster.StepAsync(50);
        Assert.Equal("w001", Assert.Single((await cluster.GetAsync(first)).Workers));
        Assert.Equal(ExperimentState.Queued, (await cluster.GetAsync(second)).State);

        await cluster.UntilStateAsync(second, ExperimentState.Running);

        var waiting = await cluster.GetAsync(first);
        Assert.Equal(ExperimentState.Waiting, waiting.State);
        Assert.Equal("Waits for 2 cpu workers; only 1 of one kind and arithmetic is connected, and it needs 2.", waiting.Reason);
        Assert.Equal(reached, waiting.Checkpoint!.Iteration);
        cluster.AddWorker();
        await cluster.UntilStateAsync(second, ExperimentState.Completed);
        await cluster.UntilStateAsync(first, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(first);
        await cluster.AssertCompletedAsync(second);
    }

    [Fact]
    public async Task Many_WorkersAndExperimentsStayConsistent()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 6;
        cluster.AddWorkers(200);
        await cluster.StepAsync();
        var random = new Random(7);
        string[] ids = [.. await Task.WhenAll(Enumerable.Range(0, 1_000).Select(index =>
        {
            var min = random.Next(1, 9);
            return cluster.SubmitAsync(cluster.Submission(min: min, max: Math.Min(8, min + random.Next(3)), priority: random.Next(3), user: $"user{index % 7}"));
        }))];
        for (var step = 0; step < 12; step++)
        {
            await cluster.StepAsync();
            var views = await Task.WhenAll(ids.Select(cluster.GetAsync));
            string[] held = [.. views.SelectMany(view => view.Workers)];
            Assert.Equal(held.Length, held.Distinct().Count());
            Assert.All(views, view => Assert.True(view.Workers.Length <= 8));
            Assert.All(views.Where(view => view.State == ExperimentState.Queued), view => Assert.Empty(view.Workers));
            if (step == 6)
            {
                await cluster.RestartAsync();
            }
        }

        var completed = (await Task.WhenAll(ids.Select(cluster.GetAsync))).Count(view => view.State == ExperimentState.Completed);
        Assert.True(completed >= 20, $"{completed} completed.");
        Assert.Empty(cluster.Logs.All);
    }
}

using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

/// <summary>Files that the coordinator has lost are no worker's fault.</summary>
public class MissingFilesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Checkpoint_Lost_TrainingGoesBackFurther(int lost)
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 100;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 28);
        await cluster.Experiment(id).PauseAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Paused);
        var newest = (await cluster.GetAsync(id)).Checkpoint!.Iteration;
        foreach (var iteration in new[] { newest, newest / 10 * 10, 20 }.Distinct().Take(lost))
        {
            cluster.World.Lose($"{id}-{iteration}");
        }

        await cluster.Experiment(id).ResumeAsync();

        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        var told = await TextsAsync(cluster, id);
        Assert.Equal(lost, told.Count(text => text.Contains("is not at the coordinator any more", StringComparison.Ordinal)));
        Assert.Contains(told, text => text.StartsWith($"The checkpoint at iteration {newest} cannot be used: state (artifact {id}-{newest})", StringComparison.Ordinal));
        Assert.DoesNotContain(await EventsAsync(cluster, id), happened => happened.Worker is { What: "failed" or "cooling" });
    }

    [Fact]
    public async Task Checkpoint_LostWhileItIsFetched_BlamesNobody()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 100;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 1, iterations: 28);
        cluster.World.Workers["w001"].IsDead = true;
        await cluster.UntilStateAsync(id, ExperimentState.Waiting);
        var newest = (await cluster.GetAsync(id)).Checkpoint!.Iteration;
        cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { WarmSteps = 4 });
        await cluster.UntilAsync("the epoch", async () => (await cluster.GetAsync(id)).Members.Length == 1);
        // It is told to begin with that one, and finds it gone.
        cluster.World.Lose($"{id}-{newest}");

        await cluster.UntilStateAsync(id, ExperimentState.Completed);

        await cluster.AssertCompletedAsync(id);
        Assert.DoesNotContain(await EventsAsync(cluster, id), happened => happened.Worker is { What: "failed" or "cooling" });
    }

    [Fact]
    public async Task Dataset_Lost_FailsWithTheReasonAndCanBeResumed()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        cluster.World.Lose("data");
        cluster.AddWorkers(2);

        await cluster.UntilStateAsync(id, ExperimentState.Failed);

        Assert.Equal("data.zip (artifact data) is not at the coordinator any more; upload it again (pgan submit does) and resume the experiment.", (await cluster.GetAsync(id)).Reason);
        cluster.World.Restore("data");
        await cluster.Experiment(id).ResumeAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.DoesNotContain(await EventsAsync(cluster, id), happened => happened.Worker is { What: "failed" });
    }

    [Fact]
    public async Task Dataset_LostWhileOthersTrain_EndsNothing()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 100;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        cluster.World.Lose("data");
        cluster.AddWorker();

        await cluster.UntilStateAsync(id, ExperimentState.Completed);

        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task LastCheckpoint_DamagedWhereItWasWritten_IsAskedForAgain()
    {
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { UploadPatience = TimeSpan.FromSeconds(20) });
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 35);
        workers[0].CheckpointIsDamaged = true;
        await cluster.UntilAsync("the end", () => Task.FromResult(workers.All(worker => worker.Phase == WorkerPhase.Finished)));
        await cluster.StepAsync(35);
        Assert.Equal(ExperimentState.Running, (await cluster.GetAsync(id)).State);

        await cluster.UntilStateAsync(id, ExperimentState.Completed, steps: 30);

        await cluster.AssertCompletedAsync(id);
        Assert.Contains("The last checkpoint did not arrive; it is asked for again.", string.Join('\n', await TextsAsync(cluster, id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastCheckpoint_LostBeforeTheRunWasComplete_IsUploadedAgain()
    {
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { UploadPatience = TimeSpan.FromSeconds(20) });
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 35);
        // It came while the other was not at the end, and is gone when a third one is about to fetch it.
        workers[0].CheckpointIsDamaged = true;
        await cluster.Experiment(id).RecordCheckpointAsync("w001", cluster.World.Upload(id, cluster.LastIteration, SimulatedWorld.State(cluster.LastIteration), 16));
        cluster.World.Lose($"{id}-{cluster.LastIteration}");
        cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { WarmSteps = 1_000 });
        await cluster.UntilAsync("the end", () => Task.FromResult(workers.All(worker => worker.Phase == WorkerPhase.Finished)));

        await cluster.UntilStateAsync(id, ExperimentState.Completed);

        await cluster.AssertCompletedAsync(id);
        Assert.Contains(await TextsAsync(cluster, id), text => text.StartsWith($"The checkpoint at iteration {cluster.LastIteration} cannot be used: ", StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<ExperimentEvent>> EventsAsync(SimulatedCluster cluster, string id)
        => await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None);

    private static async Task<string[]> TextsAsync(SimulatedCluster cluster, string id) => [.. (await EventsAsync(cluster, id)).Select(happened => happened.Text)];
}

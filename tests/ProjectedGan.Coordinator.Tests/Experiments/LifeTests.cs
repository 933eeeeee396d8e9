using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

[Trait("Speed", "Slow")]
public class LifeTests
{
    [Fact]
    public async Task Run_OneWorker_CompletesWithItsHistory()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await cluster.StepAsync(3);
        var waiting = await cluster.GetAsync(id);
        Assert.Equal(ExperimentState.Queued, waiting.State);
        Assert.Equal("Waits for 1 worker; none is connected.", waiting.Reason);

        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);

        await cluster.AssertCompletedAsync(id);
        var view = await cluster.GetAsync(id);
        Assert.Equal([ExperimentState.Queued, ExperimentState.Starting, ExperimentState.Running, ExperimentState.Completed], view.History.Select(entry => entry.State));
        Assert.Single(view.Epochs);
        Assert.NotNull(view.Started);
        Assert.NotNull(view.Ended);
        await cluster.StepAsync(2);
        Assert.Equal("", cluster.World.Workers["w001"].Run);
    }

    [Fact]
    public async Task Resume_OfACompleteExperiment_SaysHowItIsTrainedLonger()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorker();
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);

        var refused = await Assert.ThrowsAsync<WrongStateException>(() => cluster.Experiment(id).ResumeAsync());

        Assert.Contains($"pgan resume {id} --total-images N", refused.Message, StringComparison.Ordinal);
        Assert.Contains("640", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public async Task Run_SeveralWorkers_TrainsInOneEpochWithAllReplicas(int workers)
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(workers);
        await cluster.StepAsync();
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);

        await cluster.AssertCompletedAsync(id);
        var epoch = Assert.Single((await cluster.GetAsync(id)).Epochs);
        Assert.Equal(workers, epoch.Members.Length);
    }

    [Theory]
    [InlineData("lost while it prepares")]
    [InlineData("paused while it prepares")]
    [InlineData("lost before it trains")]
    public async Task Run_ThatHasNotTrained_BeginsWithWorkersOfAnotherKind(string how)
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var first = cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { DeviceKind = "cuda", Arithmetic = "g", WarmSteps = how.EndsWith("prepares", StringComparison.Ordinal) ? 1_000 : 1 });
        var id = await cluster.SubmitAsync();
        await cluster.UntilAsync("it to prepare or to hold", async () => await cluster.GetAsync(id) is { State: ExperimentState.Starting } view && (first.WarmSteps > 1 || view.Members.Length == 1));
        if (how.StartsWith("paused", StringComparison.Ordinal))
        {
            await cluster.Experiment(id).PauseAsync();
            await cluster.UntilStateAsync(id, ExperimentState.Paused);
            await cluster.Experiment(id).ResumeAsync();
        }

        first.IsDead = true;
        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal("w002", Assert.Single(Assert.Single((await cluster.GetAsync(id)).Epochs).Members).Worker);
    }

    [Fact]
    public async Task Run_PausedAndResumed_GoesOnFromItsCheckpoint()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        var id = await cluster.SubmitAsync();
        await cluster.UntilAsync("15 iterations", () => Task.FromResult(cluster.Alive.Any(worker => worker.Iteration >= 15)));
        await cluster.Experiment(id).PauseAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Paused);

        var paused = await cluster.GetAsync(id);
        Assert.Empty(paused.Workers);
        Assert.True(paused.Checkpoint!.Iteration >= 15);
        cluster.AssertLedger(paused, paused.Checkpoint.Iteration);
        await cluster.StepAsync(3);
        Assert.All(cluster.Alive, worker => Assert.Equal("", worker.Run));

        Assert.Equal(ExperimentState.Paused, (await cluster.Experiment(id).PauseAsync()).State);
        Assert.Equal(ExperimentState.Queued, (await cluster.Experiment(id).ResumeAsync()).State);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal(paused.Checkpoint.Iteration, (await cluster.GetAsync(id)).Epochs[^1].FirstIteration);
    }

    [Fact]
    public async Task Pause_TakenBack_TrainsOn()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        foreach (var worker in cluster.Alive)
        {
            worker.UploadsFail = true;
        }

        var id = await cluster.SubmitAsync();
        await cluster.UntilAsync("5 iterations", () => Task.FromResult(cluster.Alive.Any(worker => worker.Iteration >= 5)));
        await cluster.Experiment(id).PauseAsync();
        await cluster.StepAsync(5);
        Assert.Equal(ExperimentState.Pausing, (await cluster.GetAsync(id)).State);
        Assert.Equal(ExperimentState.Running, (await cluster.Experiment(id).ResumeAsync()).State);
        foreach (var worker in cluster.Alive)
        {
            worker.UploadsFail = false;
        }

        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Pause_WhileQueued_IsPausedAtOnceAndHoldsNothing()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        Assert.Equal(ExperimentState.Paused, (await cluster.Experiment(id).PauseAsync()).State);
        cluster.AddWorker();
        await cluster.StepAsync(10);
        Assert.Equal(ExperimentState.Paused, (await cluster.GetAsync(id)).State);
    }

    [Fact]
    public async Task Pause_UploadNeverComes_PausesAtTheCheckpointBefore()
    {
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { UploadPatience = TimeSpan.FromSeconds(20) });
        var worker = cluster.AddWorker();
        var id = await cluster.SubmitAsync();
        await cluster.UntilAsync("a checkpoint", async () => (await cluster.GetAsync(id)).Checkpoint is not null);
        var saved = (await cluster.GetAsync(id)).Checkpoint!.Iteration;
        worker.UploadsFail = true;
        await cluster.StepAsync();
        await cluster.Experiment(id).PauseAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Paused);
        cluster.AssertLedger(await cluster.GetAsync(id), saved);

        // The record of what was trained ends at the checkpoint: a later state has no place in it any more.
        await cluster.Experiment(id).RecordCheckpointAsync(worker.Id, cluster.World.Upload(id, saved + 1, SimulatedWorld.State(saved + 1), 16));
        Assert.Equal(saved, (await cluster.GetAsync(id)).Checkpoint!.Iteration);
        worker.UploadsFail = false;
        await cluster.Experiment(id).ResumeAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Cancel_WhileRunning_FreesTheWorkersForOthers()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        var first = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(first, ExperimentState.Running);
        var second = await cluster.SubmitAsync(cluster.Submission(min: 2));
        await cluster.StepAsync(5);
        var cancelled = await cluster.Experiment(first).CancelAsync("no longer wanted");
        Assert.Equal((ExperimentState.Cancelled, "no longer wanted"), (cancelled.State, cancelled.Reason));
        Assert.Equal(cancelled.Ended, (await cluster.Experiment(first).CancelAsync("again")).Ended);
        await cluster.UntilStateAsync(second, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(second);
        await Assert.ThrowsAsync<WrongStateException>(() => cluster.Experiment(first).ResumeAsync());
        await Assert.ThrowsAsync<WrongStateException>(() => cluster.Experiment(first).PauseAsync());
    }

    [Fact]
    public async Task Weights_ThatDiffer_FailTheExperimentWithBothHashes()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        cluster.World.Workers["w002"].HashSuffix = "bad";
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Failed);
        var reason = (await cluster.GetAsync(id)).Reason;
        var hash = SimulatedWorld.Hash(SimulatedWorld.State(cluster.LastIteration));
        Assert.Contains($"w001 has {hash}", reason, StringComparison.Ordinal);
        Assert.Contains($"w002 has {hash}bad", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journal_OfARun_TellsItsStory()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorker();
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        ExperimentEvent[] events = [.. await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None)];
        Assert.Equal(Enumerable.Range(1, events.Length).Select(number => (long)number), events.Select(happened => happened.Sequence));
        Assert.Equal([ExperimentState.Queued, ExperimentState.Starting, ExperimentState.Running, ExperimentState.Completed], events.Where(happened => happened.Transition is not null).Select(happened => happened.Transition!.State));
        Assert.Contains(events, happened => happened.Worker is { Worker: "w001", What: "granted" });
        Assert.Contains(events, happened => happened.Epoch is { Epoch: 1, FirstIteration: 0 });
        Assert.Contains(events, happened => happened.Checkpoint is { Iteration: 40, Images: 640 });
        Assert.Equal(events[^1].Sequence, (await cluster.GetAsync(id)).LastEvent);
    }

    [Fact]
    public async Task Unknown_Experiment_IsSaid()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var thrown = await Assert.ThrowsAsync<NotFoundException>(() => cluster.GetAsync("nothing"));
        Assert.Equal("There is no experiment nothing.", thrown.Message);
        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Experiment("nothing").CancelAsync(""));
    }
}

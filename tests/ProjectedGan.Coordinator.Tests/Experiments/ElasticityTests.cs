using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

[Trait("Speed", "Slow")]
public class ElasticityTests
{
    [Fact]
    public async Task Worker_Killed_TheOthersGoOnWithoutRestart()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await RunAsync(cluster, workers: 3, iterations: 10);
        var killed = cluster.Time.GetUtcNow();
        cluster.World.Workers["w002"].IsDead = true;
        var before = cluster.World.Workers["w001"].Iteration;
        await cluster.UntilAsync("training to go on", () => Task.FromResult(cluster.World.Workers["w001"].Iteration > before + 2));

        Assert.True(cluster.Time.GetUtcNow() - killed < cluster.Options.Lease + TimeSpan.FromSeconds(5));
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        var view = await cluster.GetAsync(id);
        Assert.Equal([3, 2], view.Epochs.Select(epoch => epoch.Members.Length));
        Assert.True(view.Epochs[1].FirstIteration >= before);
        Assert.DoesNotContain(view.History, entry => entry.State == ExperimentState.Waiting);
    }

    [Fact]
    public async Task Worker_StreamBroken_IsLostSooner()
    {
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { Lease = TimeSpan.FromSeconds(60) });
        (var id, _) = await RunAsync(cluster, workers: 2, iterations: 10);
        cluster.World.Workers["w002"].IsDead = true;
        await cluster.Grains.GetGrain<IWorkerGrain>("w002").DisconnectAsync("stream");
        await cluster.StepAsync(6);
        Assert.Equal(["w001"], (await cluster.GetAsync(id)).Members.Select(member => member.Worker));
    }

    [Fact]
    public async Task Worker_StreamBrokenAndBack_StaysAMember()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await RunAsync(cluster, workers: 2, iterations: 10);
        var grain = cluster.Grains.GetGrain<IWorkerGrain>("w002");
        var seen = await grain.ObserveAsync();
        await grain.DisconnectAsync("stream");
        await grain.RegisterAsync(seen.Registration!, "second");
        await grain.DisconnectAsync("stream");
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        Assert.Single((await cluster.GetAsync(id)).Epochs);
    }

    [Fact]
    public async Task Worker_Frozen_IsReplacedAndComesBackAsAJoiner()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 200;
        (var id, _) = await RunAsync(cluster, workers: 3, iterations: 10);
        var frozen = cluster.World.Workers["w001"];
        frozen.IsFrozen = true;
        await cluster.UntilAsync("the run to leave it", async () => (await cluster.GetAsync(id)).Members.Length == 2);
        await cluster.StepAsync(5);
        frozen.IsFrozen = false;
        await cluster.UntilAsync("it to be a member again", async () => (await cluster.GetAsync(id)).Members.Length == 3);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal([3, 2, 3], (await cluster.GetAsync(id)).Epochs.Select(epoch => epoch.Members.Length));
    }

    [Fact]
    public async Task Worker_BackWithAStateAheadOfTheOthers_BringsNoIterationsOfIt()
    {
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { UploadPatience = TimeSpan.FromSeconds(3) });
        cluster.LastIteration = 100;
        (var id, var workers) = await RunAsync(cluster, workers: 1, iterations: 18);
        // Frozen while the run pauses without its checkpoint, it never hears that it was given up.
        workers[0].UploadsFail = true;
        await cluster.Experiment(id).PauseAsync();
        await cluster.UntilAsync("it to stand", () => Task.FromResult(workers[0].Phase == WorkerPhase.Held));
        workers[0].IsFrozen = true;
        await cluster.UntilStateAsync(id, ExperimentState.Paused);
        await cluster.StepAsync(12);
        await cluster.Experiment(id).ResumeAsync();
        var other = cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { IterationsPerStep = 1 });
        await cluster.UntilAsync("training from the checkpoint", () => Task.FromResult(other.Phase == WorkerPhase.Training));

        // The epoch that it joins then ends before it has taken over the other's state.
        workers[0].BreaksWith.Add(other.Id);
        (workers[0].IsFrozen, workers[0].UploadsFail) = (false, false);
        await cluster.UntilAsync("it to break off", () => Task.FromResult(workers[0].Starts == 2));
        Assert.True(other.Iteration < 18);
        workers[0].BreaksWith.Clear();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Joiner_PreparesWhileOthersTrain()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 100;
        (var id, _) = await RunAsync(cluster, workers: 1, iterations: 5);
        var joiner = cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { WarmSteps = 12 });
        await cluster.UntilAsync("the joiner to prepare", () => Task.FromResult(joiner.Phase == WorkerPhase.Warming));
        var before = cluster.World.Workers["w001"].Iteration;
        await cluster.StepAsync(8);
        Assert.Equal(WorkerPhase.Warming, joiner.Phase);
        Assert.True(cluster.World.Workers["w001"].Iteration >= before + 10, "Training waited for the joiner.");
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        var view = await cluster.GetAsync(id);
        Assert.Equal([1, 2], view.Epochs.Select(epoch => epoch.Members.Length));
        Assert.Equal(1, joiner.Starts);
    }

    [Fact]
    public async Task Joiners_TogetherJoinInOneEpoch()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 120;
        (var id, _) = await RunAsync(cluster, workers: 1, iterations: 5);
        for (var index = 1; index <= 3; index++)
        {
            var steps = 4 * index;
            cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { WarmSteps = steps });
        }

        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal([1, 4], (await cluster.GetAsync(id)).Epochs.Select(epoch => epoch.Members.Length));
    }

    [Fact]
    public async Task Drain_LeavesBetweenIterationsAndLosesNothing()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await RunAsync(cluster, workers: 2, iterations: 10);
        cluster.World.Workers["w001"].Drains = true;
        await cluster.UntilAsync("it to be free", () => Task.FromResult(cluster.World.Workers["w001"].Phase == WorkerPhase.Idle));
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        var view = await cluster.GetAsync(id);
        Assert.Equal([2, 1], view.Epochs.Select(epoch => epoch.Members.Length));
        Assert.Equal(view.Epochs[0].EndIteration, view.Epochs[1].FirstIteration);
        Assert.Equal("Worker w001 leaves. It drains.", view.Epochs[0].EndedBecause);
    }

    [Fact]
    public async Task Drain_OfTheOnlyHolder_SavesItsStateFirst()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await RunAsync(cluster, workers: 1, iterations: 15);
        var leaver = cluster.World.Workers["w001"];
        leaver.Drains = true;
        await cluster.UntilAsync("it to be free", () => Task.FromResult(leaver.Phase == WorkerPhase.Idle));
        var waiting = await cluster.GetAsync(id);
        Assert.Equal(ExperimentState.Waiting, waiting.State);
        Assert.True(waiting.Checkpoint!.Iteration >= 15);

        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal(waiting.Checkpoint.Iteration, (await cluster.GetAsync(id)).Epochs[1].FirstIteration);
    }

    [Fact]
    public async Task BelowMinimum_WaitsAndGoesOnWhenOthersCome()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await RunAsync(cluster, workers: 2, iterations: 10, min: 2);
        cluster.World.Workers["w001"].IsDead = true;
        await cluster.UntilStateAsync(id, ExperimentState.Waiting);
        await cluster.StepAsync(10);
        var stands = cluster.World.Workers["w002"].Iteration;
        Assert.Equal(WorkerPhase.Held, cluster.World.Workers["w002"].Phase);
        Assert.Contains("Waits for 1 more cpu worker (1 of 2 there)", (await cluster.GetAsync(id)).Reason, StringComparison.Ordinal);

        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal(stands, (await cluster.GetAsync(id)).Epochs[1].FirstIteration);
    }

    [Fact]
    public async Task AllWorkers_Lost_TrainsAgainFromTheCheckpoint()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await RunAsync(cluster, workers: 2, iterations: 17);
        foreach (var worker in cluster.Alive)
        {
            worker.IsDead = true;
        }

        await cluster.UntilStateAsync(id, ExperimentState.Waiting);
        Assert.Equal(10, (await cluster.GetAsync(id)).Checkpoint!.Iteration);
        cluster.AddWorkers(3);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        var view = await cluster.GetAsync(id);
        Assert.Equal([(0L, 10L), (10L, 40L)], view.Epochs.Select(epoch => (epoch.FirstIteration, epoch.EndIteration)));
    }

    [Fact]
    public async Task Checkpoint_OneAheadOfWhoIsLeft_IsWhereTrainingGoesOn()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.World.CheckpointEvery = 1_000;
        (var id, var workers) = await RunAsync(cluster, workers: 2, iterations: 10);
        Assert.Equal((10, 11), (workers[0].Iteration, workers[1].Iteration));
        await cluster.Experiment(id).RecordCheckpointAsync("w002", cluster.World.Upload(id, 11, SimulatedWorld.State(11), 16));
        workers[1].IsDead = true;
        await cluster.UntilAsync("the next epoch", async () => (await cluster.GetAsync(id)).Epochs.Length == 2);

        // Nothing is trained in it.
        workers[0].IsDead = true;
        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task AllWorkers_LostBeforeACheckpoint_BeginsAnew()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await RunAsync(cluster, workers: 1, iterations: 5);
        cluster.World.Workers["w001"].IsDead = true;
        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Member_LostWhileOthersHold_IsLeftBehind()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await RunAsync(cluster, workers: 4, iterations: 10);
        cluster.World.Workers["w004"].IsDead = true;
        cluster.World.Workers["w003"].IsFrozen = true;
        await cluster.UntilAsync("two to remain", async () => (await cluster.GetAsync(id)).Members.Length == 2);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Member_ThatNeverStops_IsLeftBehind()
    {
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { HoldPatience = TimeSpan.FromSeconds(10) });
        (var id, _) = await RunAsync(cluster, workers: 3, iterations: 10);
        cluster.World.Workers["w001"].IsDead = true;
        cluster.World.Complains = false;
        // It lives, as its heartbeats say, but is stuck in its iteration.
        cluster.World.Workers["w002"].IsFrozen = true;
        var stuck = (await cluster.Grains.GetGrain<IWorkerGrain>("w002").ObserveAsync()).Status!;
        for (var step = 0; step < 60 && (await cluster.GetAsync(id)).Members.Length != 1; step++)
        {
            await cluster.Grains.GetGrain<IWorkerGrain>("w002").ReportAsync(stuck);
            await cluster.StepAsync();
        }

        Assert.Equal(["w003"], (await cluster.GetAsync(id)).Members.Select(member => member.Worker));
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Start_WithASlowWorker_WaitsForItUntilPatienceEnds()
    {
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { StartPatience = TimeSpan.FromSeconds(20) });
        cluster.LastIteration = 200;
        cluster.AddWorkers(2);
        var slow = cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { WarmSteps = 60 });
        await cluster.StepAsync();
        var id = await cluster.SubmitAsync();
        await cluster.StepAsync(15);
        Assert.Equal(ExperimentState.Starting, (await cluster.GetAsync(id)).State);
        await cluster.UntilStateAsync(id, ExperimentState.Running);
        Assert.Equal(2, (await cluster.GetAsync(id)).Members.Length);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal(1, slow.Starts);
    }

    internal static async Task<(string Id, SimulatedWorker[] Workers)> RunAsync(SimulatedCluster cluster, int workers, long iterations, int min = 1)
    {
        cluster.AddWorkers(workers);
        await cluster.StepAsync();
        var id = await cluster.SubmitAsync(cluster.Submission(min: min));
        await cluster.UntilAsync($"{iterations} iterations", () => Task.FromResult(cluster.Alive.Any(worker => worker.Iteration >= iterations)));
        return (id, [.. cluster.World.Workers.Values]);
    }
}

using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

[Trait("Speed", "Slow")]
public class CoordinatorFaultTests
{
    [Fact]
    public async Task Restart_MidRun_LeavesARunningEpochUndisturbed()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 10);
        await cluster.RestartAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Single((await cluster.GetAsync(id)).Epochs);
        Assert.All(workers, worker => Assert.Equal(1, worker.Starts));
    }

    [Fact]
    public async Task Restart_WithAWorkerGone_GoesOnAfterItsGrace()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 10);
        cluster.World.Workers["w002"].IsDead = true;
        await cluster.RestartAsync();
        await cluster.StepAsync(6);
        Assert.Equal(3, (await cluster.GetAsync(id)).Members.Length);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal([3, 2], (await cluster.GetAsync(id)).Epochs.Select(epoch => epoch.Members.Length));
    }

    [Fact]
    public async Task Restart_KnowsQueuedPausedAndEndedOnes()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var queued = await cluster.SubmitAsync();
        var paused = await cluster.SubmitAsync();
        var cancelled = await cluster.SubmitAsync();
        await cluster.Experiment(paused).PauseAsync();
        await cluster.Experiment(cancelled).CancelAsync("no");
        await cluster.RestartAsync();
        Assert.Equal(ExperimentState.Queued, (await cluster.GetAsync(queued)).State);
        Assert.Equal(ExperimentState.Paused, (await cluster.GetAsync(paused)).State);
        Assert.Equal(ExperimentState.Cancelled, (await cluster.GetAsync(cancelled)).State);
        cluster.AddWorker();
        await cluster.UntilStateAsync(queued, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(queued);
        Assert.Equal([cancelled, paused, queued], (await cluster.Experiments.ListAsync(new())).Experiments.Select(summary => summary.Id));
    }

    [Fact]
    public async Task Restart_AfterACancelThatWorkersMissed_FreesThem()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        await cluster.Experiment(id).CancelAsync("");
        await cluster.RestartAsync();
        await cluster.StepAsync(4);
        Assert.All(workers, worker => Assert.Equal("", worker.Run));
        var next = await cluster.SubmitAsync(cluster.Submission(min: 2));
        await cluster.UntilStateAsync(next, ExperimentState.Completed);
    }

    [Fact]
    public async Task Storage_Away_CallersSeeItAndNothingIsLost()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        cluster.Faults.IsAway = true;
        await Assert.ThrowsAsync<GrainStorageException>(() => cluster.Experiment(id).PauseAsync());
        await Assert.ThrowsAsync<GrainStorageException>(() => cluster.SubmitAsync());
        cluster.World.Workers["w002"].IsDead = true;
        await cluster.StepAsync(20);
        cluster.Faults.IsAway = false;
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.DoesNotContain((await cluster.GetAsync(id)).History, entry => entry.State == ExperimentState.Pausing);
        Assert.Single((await cluster.Experiments.ListAsync(new())).Experiments);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Storage_AnswersLost_TheStoredRecordDecides(int every)
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 5);
        cluster.Faults.LostAnswerEvery = every;
        cluster.World.Workers["w002"].IsDead = true;
        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        cluster.Faults.LostAnswerEvery = 0;
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Storage_AnswerLost_ReadsSeeWhatWasStored()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Running);
        cluster.Faults.LostAnswerEvery = 1;
        var checkpoint = cluster.World.Upload(id, 0, SimulatedWorld.State(0), 16);
        await Assert.ThrowsAsync<GrainStorageException>(() => cluster.Experiment(id).RecordCheckpointAsync("w001", checkpoint));
        cluster.Faults.LostAnswerEvery = 0;

        var latest = await cluster.Experiment(id).GetLatestAsync();

        Assert.Equal(0, latest.Iteration);
    }

    [Fact]
    public async Task Grant_AnswerLost_ReleasesNoWorkerThatWasGranted()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        var worker = cluster.Grains.GetGrain<IWorkerGrain>("w1");
        await worker.RegisterAsync(new WorkerRegistration { Id = "w1", Name = "w1", DeviceKind = "cpu", Arithmetic = "a", Address = "http://w1" }, "stream");
        cluster.Faults.LostAnswerEvery = 1;
        await Assert.ThrowsAsync<GrainStorageException>(() => cluster.Experiment(id).GrantAsync([new() { Worker = "w1", Address = "http://w1", DeviceKind = "cpu", Arithmetic = "a" }]));
        cluster.Faults.LostAnswerEvery = 0;
        cluster.Time.Advance(TimeSpan.FromSeconds(1));

        // It has the run from before a restart of the coordinator, for example.
        await cluster.Experiment(id).ObserveAsync(new WorkerObservation { Worker = "w1", Activation = "a", Sequence = 1, Status = new WorkerStatus { Phase = WorkerPhase.Warm, Run = id } });

        Assert.Equal("w1", Assert.Single((await cluster.GetAsync(id)).Workers));
        Assert.NotEqual(AssignmentMode.Idle, (await worker.WaitForAssignmentAsync(0, CancellationToken.None))?.Mode);
    }

    [Fact]
    public async Task Submission_AnswerLost_IsScheduledWhenRepeated()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorker();
        // The submission is stored with the first write, the record with the second one.
        cluster.Faults.LostAnswerEvery = 2;
        await Assert.ThrowsAsync<GrainStorageException>(() => cluster.SubmitAsync(request: "key"));
        cluster.Faults.LostAnswerEvery = 0;
        var id = await cluster.SubmitAsync(request: "key");
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
    }

    [Fact]
    public async Task Submission_RepeatedAfterAFault_IsTheSameExperiment()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.Faults.IsAway = true;
        await Assert.ThrowsAsync<GrainStorageException>(() => cluster.SubmitAsync(request: "key"));
        cluster.Faults.IsAway = false;
        var id = await cluster.SubmitAsync(request: "key");
        Assert.Equal(id, await cluster.SubmitAsync(request: "key"));
        Assert.NotEqual(id, await cluster.SubmitAsync(cluster.Submission(user: "bob"), request: "key"));
        await cluster.RestartAsync();
        Assert.Equal(id, await cluster.SubmitAsync(request: "key"));
        Assert.Equal(ExperimentState.Queued, (await cluster.GetAsync(id)).State);
    }
}

using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

[Trait("Speed", "Slow")]
public class BlameAndFailureTests
{
    [Fact]
    public async Task Peer_CutOff_CoolsDownAndIsInvitedAgain()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 10);
        var cut = cluster.World.Workers["w001"];
        cut.CutOff.UnionWith(["w002", "w003"]);
        await cluster.UntilAsync("the others to go on", async () => (await cluster.GetAsync(id)).Members.Length == 2);

        // The first one's network is bad: everybody has trouble with it, and it with everybody.
        Assert.Equal(["w002", "w003"], (await cluster.GetAsync(id)).Members.Select(member => member.Worker));
        var left = cluster.Time.GetUtcNow();
        cut.CutOff.Clear();
        await cluster.UntilAsync("it to be back", async () => (await cluster.GetAsync(id)).Members.Length == 3);
        Assert.True(cluster.Time.GetUtcNow() - left >= cluster.Options.CoolDown - TimeSpan.FromSeconds(1));
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Peer_AtAnAddressThatDoesNotResolve_IsNamedWithAddressAndReason()
    {
        const string Detail = "Worker 'w001' cannot reach worker 'w002' at http://pod-x.invalid:7500/: Name or service not known; see its --advertise";
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        cluster.World.Workers["w001"].Suspicions = [new Suspicion { Worker = "w002", Kind = SuspicionKind.Unreachable, Detail = Detail }];
        cluster.World.Workers["w002"].Suspicions = [new Suspicion { Worker = "w001", Kind = SuspicionKind.Unreachable, Detail = "It did not come." }];
        await cluster.UntilAsync("it to be sent away", async () => (await WorkerEventsAsync(cluster, id, "cooling")).Length > 0);

        var reason = $"It could not be reached by w001. {Detail}.";
        Assert.Equal([$"w002: {reason} It is not invited for 30 s."], await WorkerEventsAsync(cluster, id, "cooling"));
        await cluster.UntilAsync("the other to go on", async () => (await cluster.GetAsync(id)).Epochs.Length > 1);
        Assert.Equal($"Worker w002: {reason}", (await cluster.GetAsync(id)).Epochs[0].EndedBecause);
    }

    [Fact]
    public async Task Pair_CutFromEachOther_KeepsTheLowerReplicas()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 10);
        var first = (await cluster.GetAsync(id)).Members[0].Worker;
        cluster.World.Workers["w001"].CutOff.Add("w002");
        await cluster.UntilAsync("one to go on", async () => (await cluster.GetAsync(id)).Members.Length == 1);
        Assert.Equal(first, (await cluster.GetAsync(id)).Members[0].Worker);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Joiner_ThatBreaksEveryEpoch_CoolsDownAndIsInvitedAgain()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 10);
        var joiner = cluster.AddWorker();
        joiner.BreaksWith.Add("w001");
        await cluster.UntilAsync("the joiner to be sent away", async () => (await WorkerEventsAsync(cluster, id, "cooling")).Length > 0);

        Assert.Equal(3, joiner.Starts);
        Assert.Equal(
            ["w003: 3 epochs broke without an iteration and without anybody to blame; in the last one it was the first that could not go on. It is not invited for 30 s."],
            await WorkerEventsAsync(cluster, id, "cooling"));
        var stood = cluster.World.Workers["w001"].Iteration;
        await cluster.UntilAsync("the others to go on", () => Task.FromResult(cluster.World.Workers["w001"].Iteration > stood + 10));
        joiner.BreaksWith.Clear();
        await cluster.UntilAsync("it to be back", async () => (await cluster.GetAsync(id)).Members.Length == 3);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Epochs_ThatBreakAfterIterations_SendNobodyAway()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 5);
        // Two epochs without an iteration, then one with some: the count begins anew.
        foreach (var starts in new[] { 3, 6 })
        {
            workers[1].BreaksWith.Add("w001");
            await cluster.UntilAsync($"start {starts}", () => Task.FromResult(workers[1].Starts == starts));
            workers[1].BreaksWith.Clear();
            var stood = workers[1].Iteration;
            await cluster.UntilAsync("iterations", () => Task.FromResult(workers[1].Iteration > stood + 5));
        }

        Assert.Empty(await WorkerEventsAsync(cluster, id, "cooling"));
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task DamagedData_ThreeTimes_ExpelsTheSender()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 5);
        var damaged = new Suspicion { Worker = "w003", Kind = SuspicionKind.Checksum, Detail = "bucket 7" };
        for (var strike = 1; strike <= 3; strike++)
        {
            var epoch = (await cluster.GetAsync(id)).MembershipEpoch;
            cluster.World.Workers["w001"].Suspicions = [damaged];
            await cluster.UntilAsync("a new epoch", async () => (await cluster.GetAsync(id)).MembershipEpoch > epoch);
            cluster.World.Workers["w001"].Suspicions = [];
            Assert.Equal(strike < 3 ? 3 : 2, (await cluster.GetAsync(id)).Members.Length);
            await cluster.UntilAsync("training", () => Task.FromResult(cluster.World.Workers["w001"].Phase == WorkerPhase.Training));
        }

        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal("", cluster.World.Workers["w003"].Run);
        Assert.Contains(await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None), happened => happened.Worker is { Worker: "w003", What: "expelled" });
    }

    [Fact]
    public async Task DamagedData_ReceivedFromEverybody_ExpelsTheReceiver()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 5);
        // Its memory damages what arrives: each time another peer seems to have sent it.
        foreach (var accused in new[] { "w002", "w003", "w002" })
        {
            var epoch = (await cluster.GetAsync(id)).MembershipEpoch;
            cluster.World.Workers["w001"].Suspicions = [new Suspicion { Worker = accused, Kind = SuspicionKind.Checksum }];
            await cluster.UntilAsync("a new epoch", async () => (await cluster.GetAsync(id)).MembershipEpoch > epoch);
            cluster.World.Workers["w001"].Suspicions = [];
            await cluster.UntilAsync("training", () => Task.FromResult(cluster.World.Workers["w002"].Phase == WorkerPhase.Training));
        }

        Assert.Equal(["w002", "w003"], (await cluster.GetAsync(id)).Members.Select(member => member.Worker));
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task NonFinite_OfOneWorkerAlone_IsExpelledOfAllIsNot()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 5);
        cluster.World.Workers["w001"].Suspicions = [.. new[] { "w002", "w003" }.Select(worker => new Suspicion { Worker = worker, Kind = SuspicionKind.NonFinite, Count = 9 })];
        await cluster.StepAsync(5);
        Assert.Equal(3, (await cluster.GetAsync(id)).Members.Length);

        cluster.World.Workers["w001"].Suspicions = [new Suspicion { Worker = "w002", Kind = SuspicionKind.NonFinite, Count = 2 }];
        await cluster.StepAsync(5);
        Assert.Equal(3, (await cluster.GetAsync(id)).Members.Length);
        cluster.World.Workers["w001"].Suspicions = [new Suspicion { Worker = "w002", Kind = SuspicionKind.NonFinite, Count = 3 }];
        await cluster.UntilAsync("it to be expelled", async () => (await cluster.GetAsync(id)).Members.Length == 2);
        cluster.World.Workers["w001"].Suspicions = [];
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task NonFinite_OfTheOnlyWorker_IsTheTrainings()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 1, iterations: 5);
        cluster.World.Workers["w001"].Suspicions = [new Suspicion { Worker = "w001", Kind = SuspicionKind.NonFinite, Count = 9 }];
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Single((await cluster.GetAsync(id)).Epochs);
    }

    [Fact]
    public async Task NonFinite_OthersNotHeardSince_ExpelsNobodyYet()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        cluster.World.Complains = false;
        // The other has them too, and its report is late.
        workers[1].IsFrozen = true;
        workers[0].Suspicions = [new Suspicion { Worker = workers[0].Id, Kind = SuspicionKind.NonFinite, Count = 3 }];
        await cluster.StepAsync(5);
        Assert.Equal(2, (await cluster.GetAsync(id)).Members.Length);
        workers[1].Suspicions = [new Suspicion { Worker = workers[1].Id, Kind = SuspicionKind.NonFinite, Count = 3 }];
        workers[1].IsFrozen = false;
        await cluster.StepAsync(5);
        Assert.Equal(2, (await cluster.GetAsync(id)).Members.Length);
        Assert.Single((await cluster.GetAsync(id)).Epochs);
    }

    [Fact]
    public async Task Worker_Failed_IsNotUsedAgainForThisExperiment()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        cluster.World.Workers["w001"].Error = "The device is full.";
        await cluster.StepAsync();
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.All((await cluster.GetAsync(id)).Epochs, epoch => Assert.DoesNotContain(epoch.Members, member => member.Worker == "w001"));
        Assert.Contains(await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None), happened => happened.Worker is { Worker: "w001", What: "failed", Reason: "The device is full." });
    }

    [Fact]
    public async Task Worker_FailedAndAlone_IsNamedByTheReasonToWait()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorker().Error = "The device is full.";
        await cluster.StepAsync();
        var id = await cluster.SubmitAsync();
        await cluster.UntilAsync("the failure", async () => (await WorkerEventsAsync(cluster, id, "failed")).Length > 0);
        await cluster.StepAsync();
        var view = await cluster.GetAsync(id);
        Assert.Equal(ExperimentState.Queued, view.State);
        Assert.EndsWith("; 0 of 1 are free for it. It does not take w001 (The device is full).", view.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_OfTheSpec_FailsAtOnce()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(3);
        cluster.World.Workers["w002"].Error = "The dataset's hash is wrong.";
        cluster.World.Workers["w002"].ErrorIsEverywhere = true;
        await cluster.StepAsync();
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Failed);
        Assert.Equal("The dataset's hash is wrong.", (await cluster.GetAsync(id)).Reason);
        await cluster.StepAsync(4);
        Assert.All(cluster.Alive, worker => Assert.Equal("", worker.Run));
    }

    [Fact]
    public async Task Workers_ThreeFailing_FailTheExperiment()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(5);
        foreach (var worker in cluster.Alive)
        {
            worker.Error = "No memory.";
        }

        await cluster.StepAsync();
        var id = await cluster.SubmitAsync(cluster.Submission(max: 1));
        await cluster.UntilStateAsync(id, ExperimentState.Failed);
        Assert.Equal("Workers on 3 machines failed at it; the last one said: No memory.", (await cluster.GetAsync(id)).Reason);
    }

    [Fact]
    public async Task Worker_FailingAfterEachRestart_EndsNothingThatOthersTrain()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        for (var start = 1; start <= 5; start++)
        {
            // On three machines in turn, so that machines alone are not what saves the run.
            var failing = cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { Machine = $"bad{start % 3}", Error = "No memory." });
            await cluster.UntilAsync($"failure {start}", async () => (await WorkerEventsAsync(cluster, id, "failed")).Length == start);
            failing.IsDead = true;
        }

        Assert.Equal(2, (await cluster.GetAsync(id)).Members.Length);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Worker_FailingAfterEachRestartAndAlone_CountsAsOneMachine()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        for (var start = 1; start <= 5; start++)
        {
            var failing = cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { Machine = "bad", Error = "No memory." });
            await cluster.UntilAsync($"failure {start}", async () => (await WorkerEventsAsync(cluster, id, "failed")).Length == start);
            failing.IsDead = true;
        }

        Assert.Equal(ExperimentState.Queued, (await cluster.GetAsync(id)).State);
        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Failures_WithIterationsBetweenThem_AreForgotten()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        cluster.World.CheckpointEvery = 5;
        var id = await cluster.SubmitAsync();
        for (var start = 1; start <= 4; start++)
        {
            var worker = cluster.AddWorker();
            await cluster.UntilAsync("iterations and a checkpoint", async () => worker.Iteration >= start * 20 && (await cluster.GetAsync(id)).Checkpoint?.Iteration > (start - 1) * 20);
            worker.Error = "No memory.";
            await cluster.UntilAsync($"failure {start}", async () => (await WorkerEventsAsync(cluster, id, "failed")).Length == start);
            worker.IsDead = true;
        }

        cluster.AddWorker();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Error_OfTheSpecOnAJoinerAlone_EndsNothingThatOthersTrain()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        // Its copy of the data set is damaged.
        cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { Error = "The dataset's hash is wrong.", ErrorIsEverywhere = true });
        await cluster.UntilAsync("the failure", async () => (await WorkerEventsAsync(cluster, id, "failed")).Length > 0);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Worker_WithAFullDisk_CoolsDownAndIsInvitedAgain()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var full = cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { Error = "The disk is full.", ErrorPasses = true });
        await cluster.StepAsync();
        var id = await cluster.SubmitAsync();
        await cluster.UntilAsync("four tries", async () => (await WorkerEventsAsync(cluster, id, "cooling")).Length == 4, steps: 1_000);

        Assert.Equal($"{full.Id}: The disk is full. It is not invited for 240 s.", (await WorkerEventsAsync(cluster, id, "cooling"))[3]);
        full.Error = "";
        await cluster.UntilStateAsync(id, ExperimentState.Completed, steps: 1_000);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Failed_Resumed_GoesOnFromItsCheckpoint()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 100;
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 25);
        foreach (var worker in workers)
        {
            (worker.Error, worker.ErrorIsEverywhere) = ("The data set's disk is broken.", true);
        }

        await cluster.UntilStateAsync(id, ExperimentState.Failed);
        await cluster.UntilAsync("the run to be dropped", () => Task.FromResult(workers.All(worker => worker.Run.Length == 0)));
        var failed = await cluster.GetAsync(id);
        foreach (var worker in workers)
        {
            (worker.Error, worker.ErrorIsEverywhere) = ("", false);
        }

        var resumed = await cluster.Experiment(id).ResumeAsync();

        Assert.Equal((ExperimentState.Queued, (DateTimeOffset?)null), (resumed.State, resumed.Ended));
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Contains((await cluster.GetAsync(id)).Epochs, epoch => epoch.FirstIteration == failed.Checkpoint!.Iteration);
    }

    [Fact]
    public async Task Failed_ByWeightsThatDiffer_TrainsItsLastStretchAgain()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        workers[1].HashSuffix = "x";
        await cluster.UntilStateAsync(id, ExperimentState.Failed);
        await cluster.UntilAsync("the run to be dropped", () => Task.FromResult(workers.All(worker => worker.Run.Length == 0)));
        workers[1].HashSuffix = "";
        await cluster.Experiment(id).ResumeAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    private static async Task<string[]> WorkerEventsAsync(SimulatedCluster cluster, string id, string what)
        => [.. (await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None)).Where(happened => happened.Worker?.What == what).Select(happened => $"{happened.Worker!.Worker}: {happened.Worker.Reason}")];
}

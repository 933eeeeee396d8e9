using System.Diagnostics;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

/// <summary>The grain of one worker cannot be reached; the other workers and their experiment go on.</summary>
public class UnreachableWorkerTests
{
    [Fact]
    public async Task Told_OneOutOfReach_TheOthersHearAllTheSame()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 5);
        cluster.Calls.Refuse(workers[0].Id);

        await cluster.Experiment(id).CancelAsync("");
        await cluster.StepAsync(2);

        Assert.Equal([id, "", ""], workers.Select(worker => worker.Run));
        cluster.Calls.Answer(workers[0].Id);
        await cluster.StepAsync(2);
        Assert.Equal("", workers[0].Run);
    }

    [Fact]
    public async Task Asked_OneOutOfReach_TheOthersLossIsSeen()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 200;
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 5);
        // Made anew, it has to ask: who is dead tells nothing any more.
        workers[1].IsDead = true;
        await cluster.RestartAsync();
        cluster.Calls.Refuse(workers[0].Id);

        await cluster.UntilAsync("the loss to be seen", async () => (await cluster.GetAsync(id)).Workers.Length == 2, steps: 40);

        cluster.Calls.Answer(workers[0].Id);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Told_OneThatNeverAnswers_HoldsUpNobody()
    {
        await using var cluster = await SimulatedCluster.StartOnSystemTimeAsync(new CoordinationOptions { BrokenStreamLease = TimeSpan.FromMilliseconds(300), Lease = TimeSpan.FromMinutes(1) });
        var id = await cluster.SubmitAsync();
        foreach (var worker in new[] { "w1", "w2" })
        {
            var grain = cluster.Grains.GetGrain<IWorkerGrain>(worker);
            await grain.RegisterAsync(new WorkerRegistration { Id = worker, Name = worker, DeviceKind = "cpu", Arithmetic = "a", Address = "http://x" }, "stream");
        }

        cluster.Calls.Silence("w1");
        var start = Stopwatch.GetTimestamp();
        await cluster.Experiment(id).GrantAsync([.. new[] { "w1", "w2" }.Select(worker => new WorkerOffer { Worker = worker, Address = "http://x", DeviceKind = "cpu", Arithmetic = "a" })]);

        Assert.Equal(AssignmentMode.Warm, (await cluster.Grains.GetGrain<IWorkerGrain>("w2").WaitForAssignmentAsync(0, CancellationToken.None))?.Mode);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        cluster.Calls.Answer("w1");
        Assert.Equal(AssignmentMode.Warm, (await cluster.Grains.GetGrain<IWorkerGrain>("w1").WaitForAssignmentAsync(0, CancellationToken.None))?.Mode);
    }
}

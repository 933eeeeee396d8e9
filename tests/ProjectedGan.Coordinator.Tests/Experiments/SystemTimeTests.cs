using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

/// <summary>The grains' own timers and long polls: nobody ticks here.</summary>
[Trait("Speed", "Slow")]
public class SystemTimeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Run_OnTheSystemsClock_SurvivesALossAndARestart()
    {
        await using var cluster = await SimulatedCluster.StartOnSystemTimeAsync(new CoordinationOptions
        {
            TickInterval = TimeSpan.FromMilliseconds(50),
            HeartbeatInterval = TimeSpan.FromMilliseconds(20),
            Lease = TimeSpan.FromSeconds(3),
            LongPoll = TimeSpan.Zero,
        });
        cluster.LastIteration = 60;
        cluster.World.Complains = false;
        cluster.AddWorkers(3);
        var id = await cluster.SubmitAsync(cluster.Submission(min: 3));
        await WorkUntilAsync(cluster, "20 iterations", () => Task.FromResult(cluster.Alive.Any(worker => worker.Iteration >= 20)));
        await cluster.RestartAsync();
        await WorkUntilAsync(cluster, "30 iterations", () => Task.FromResult(cluster.Alive.Any(worker => worker.Iteration >= 30)));
        cluster.World.Workers["w002"].IsDead = true;
        await WorkUntilAsync(cluster, "the run to wait", async () => (await cluster.GetAsync(id)).State == ExperimentState.Waiting);
        cluster.AddWorker();
        await WorkUntilAsync(cluster, "the end", async () => (await cluster.GetAsync(id)).State == ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    private static async Task WorkUntilAsync(SimulatedCluster cluster, string what, Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            Assert.False(patience.IsCancellationRequested, $"Waited {Patience.TotalMinutes} minutes for: {what}.");
            foreach (var worker in cluster.Alive.ToArray())
            {
                await worker.StepAsync(cluster.Grains, cluster.LastIteration, 16);
            }

            // The pace of the simulated workers, not a wait for anything.
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}

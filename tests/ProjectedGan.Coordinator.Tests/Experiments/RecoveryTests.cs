using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

/// <summary>
/// What the coordinator's rules cost between the detection of a failure, which is when it records the end of the epoch, and the next
/// committed iteration, on a clock that no other load disturbs. A real cluster's times are measured by the chaos tests.
/// </summary>
public class RecoveryTests
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("killed")]
    [InlineData("frozen")]
    [InlineData("its stream broken")]
    [InlineData("cut off from its peers")]
    [InlineData("failed")]
    public async Task Worker_Lost_TrainingGoesOnSoonAfterTheDetection(string how)
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 10);
        await FailAsync(cluster, workers[1], how);

        ExperimentEvent? ended = null;
        await cluster.UntilAsync("the epoch's end", async () =>
            (ended = (await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None)).FirstOrDefault(happened => happened.Text.StartsWith("Epoch 1 ended", StringComparison.Ordinal))) is not null);
        await cluster.UntilAsync("an iteration of the next epoch", async () =>
            (await cluster.GetAsync(id)).Epochs is [_, var next] && cluster.World.WasCommitted(id, next.Epoch, next.FirstIteration));

        Assert.InRange(cluster.Time.GetUtcNow() - ended!.Time, TimeSpan.Zero, Most);
    }

    private static async Task FailAsync(SimulatedCluster cluster, SimulatedWorker victim, string how)
    {
        switch (how)
        {
            case "killed":
                victim.IsDead = true;
                break;
            case "frozen":
                victim.IsFrozen = true;
                break;
            case "its stream broken":
                victim.IsDead = true;
                await cluster.Grains.GetGrain<IWorkerGrain>(victim.Id).DisconnectAsync("stream");
                break;
            case "cut off from its peers":
                victim.CutOff.UnionWith(cluster.World.Workers.Keys);
                break;
            case "failed":
                victim.Error = "Its device is gone.";
                break;
        }
    }
}

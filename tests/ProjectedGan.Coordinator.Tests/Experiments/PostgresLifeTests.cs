using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;
using ProjectedGan.Coordinator.Tests.Storage;

namespace ProjectedGan.Coordinator.Tests.Experiments;

/// <summary>An experiment's life on the other database, with the troubles that are its own.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresLifeTests(PostgresServer server)
{
    [Fact]
    public async Task Run_WorkersAndTheServerComeAndGo_Completes()
    {
        await using var cluster = await SimulatedCluster.StartAsync(server);
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 3, iterations: 8);
        workers[1].IsDead = true;
        await cluster.UntilAsync("two members", async () => (await cluster.GetAsync(id)).Members.Length == 2);
        await server.StopAsync();
        await cluster.StepAsync(4);
        await server.StartAsync();
        await cluster.RestartAsync();

        await cluster.UntilStateAsync(id, ExperimentState.Completed);

        await cluster.AssertCompletedAsync(id);
        Assert.Equal([3, 2], (await cluster.GetAsync(id)).Epochs.Select(epoch => epoch.Members.Length));
        Assert.Contains(await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None), happened => happened.Transition?.State == ExperimentState.Completed);
    }
}

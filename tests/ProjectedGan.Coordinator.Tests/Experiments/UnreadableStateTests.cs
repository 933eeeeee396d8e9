using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

/// <summary>What is stored of one experiment cannot be read: that one has failed, and everything else goes on.</summary>
[Trait("Speed", "Slow")]
public class UnreadableStateTests
{
    [Theory]
    [InlineData("experiment", "{")]
    [InlineData("experiment", "null")]
    [InlineData("experiment", "{\"record\":null}")]
    [InlineData("experiment", "{\"record\":{\"state\":\"Dreaming\"}}")]
    [InlineData("submission", "{")]
    [InlineData("submission", "{\"submission\":{}}")]
    public async Task State_Unreadable_FailsThatExperimentAlone(string state, string payload)
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 200;
        (var broken, var workers) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        var waiting = await cluster.SubmitAsync();
        await cluster.StepAsync(2);
        await SetAsync(cluster, "UPDATE pgan_state SET payload = @content WHERE grain LIKE @id AND name = @name", broken, payload, state);
        await cluster.RestartAsync();

        await cluster.UntilStateAsync(waiting, ExperimentState.Completed);

        await cluster.AssertCompletedAsync(waiting);
        var view = await cluster.GetAsync(broken);
        Assert.Equal(ExperimentState.Failed, view.State);
        Assert.Contains($"State \"{state}\" of grain experiment/{broken}", view.Reason, StringComparison.Ordinal);
        Assert.All(workers, worker => Assert.NotEqual(broken, worker.Run));
        var summary = (await cluster.Experiments.ListAsync(new())).Experiments.Single(entry => entry.Id == broken);
        Assert.Equal((ExperimentState.Failed, view.Reason, "ann", false), (summary.State, summary.Reason, summary.User, summary.Active));
        Assert.Contains(cluster.Logs.All, line => line.Text.Contains($"Experiment {broken} counts as failed.", StringComparison.Ordinal));
        foreach (var command in new Func<Task>[] { () => cluster.Experiment(broken).CancelAsync(""), cluster.Experiment(broken).PauseAsync, cluster.Experiment(broken).ResumeAsync })
        {
            Assert.Contains("cannot be read", (await Assert.ThrowsAsync<WrongStateException>(command)).Message, StringComparison.Ordinal);
        }

        Assert.Equal([payload], await PayloadsAsync(cluster, broken, state));
    }

    [Fact]
    public async Task State_Mended_GoesOnWhenResumed()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        var whole = Assert.Single(await PayloadsAsync(cluster, id, "experiment"));
        await SetAsync(cluster, "UPDATE pgan_state SET payload = @content WHERE grain LIKE @id AND name = @name", id, "{", "experiment");
        await cluster.RestartAsync();
        await cluster.StepAsync(3);
        await SetAsync(cluster, "UPDATE pgan_state SET payload = @content WHERE grain LIKE @id AND name = @name", id, whole, "experiment");
        await cluster.RestartAsync();

        await cluster.Experiment(id).ResumeAsync();

        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        Assert.Equal(ExperimentState.Completed, Assert.Single((await cluster.Experiments.ListAsync(new())).Experiments).State);
    }

    [Fact]
    public async Task RowOfTheList_Unreadable_IsWrittenAnew()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var first = await cluster.SubmitAsync(request: "key");
        var second = await cluster.SubmitAsync();
        await SetAsync(cluster, "UPDATE pgan_experiments SET content = @content WHERE id LIKE @id AND @name = ''", first, "{", "");
        await cluster.RestartAsync();

        cluster.AddWorker();
        await cluster.UntilStateAsync(first, ExperimentState.Completed);
        await cluster.UntilStateAsync(second, ExperimentState.Completed);

        Assert.Equal(first, await cluster.SubmitAsync(request: "key"));
        Assert.All((await cluster.Experiments.ListAsync(new())).Experiments, summary => Assert.Equal(("test", ExperimentState.Completed), (summary.Name, summary.State)));
    }

    [Fact]
    public async Task Event_Unreadable_HidesNoOther()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        (var id, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 5);
        var before = (await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None)).Length;
        await SetAsync(cluster, "UPDATE pgan_events SET content = @content WHERE experiment LIKE @id AND sequence = 2 AND @name = ''", id, "{", "");

        ExperimentEvent[] events = [.. await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None)];

        Assert.Equal(before, events.Length);
        Assert.Equal(2, events[1].Sequence);
        Assert.StartsWith("This event cannot be read", events[1].Text, StringComparison.Ordinal);
    }

    private static Task<int> SetAsync(SimulatedCluster cluster, string sql, string id, string content, string name)
        => cluster.Database.WriteAsync(
            async (session, token) =>
            {
                var changed = await session.ExecuteAsync(sql, [("id", $"%{id}"), ("content", content), ("name", name)], token);
                Assert.Equal(1, changed);
                return changed;
            },
            CancellationToken.None);

    private static Task<List<string>> PayloadsAsync(SimulatedCluster cluster, string id, string name)
        => cluster.Database.ReadAsync(
            (session, token) => session.QueryAsync("SELECT payload FROM pgan_state WHERE grain LIKE @id AND name = @name", [("id", $"%{id}"), ("name", name)], row => row.GetString(0), token),
            CancellationToken.None);
}

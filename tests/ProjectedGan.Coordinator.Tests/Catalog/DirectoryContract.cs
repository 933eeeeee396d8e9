using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Catalog;

/// <summary>What the directory of experiments promises, whatever the database of its index.</summary>
public abstract class DirectoryContract
{
    [Fact]
    public async Task Ids_AreShortAndSortByTime()
    {
        await using var cluster = await StartAsync();
        List<string> ids = [];
        for (var count = 0; count < 20; count++)
        {
            ids.Add(await cluster.SubmitAsync());
            cluster.Time.Advance(TimeSpan.FromMilliseconds(count));
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(20, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-z]{10}$", id));
        await cluster.RestartAsync();
        Assert.True(string.CompareOrdinal(await cluster.SubmitAsync(), ids[^1]) > 0);
    }

    [Fact]
    public async Task List_IsNewestFirstByPagesAndStates()
    {
        await using var cluster = await StartAsync();
        List<string> ids = [];
        for (var count = 0; count < 7; count++)
        {
            ids.Add(await cluster.SubmitAsync());
        }

        await cluster.Experiment(ids[3]).CancelAsync("");
        await cluster.StepAsync();
        List<string> listed = [];
        var token = "";
        do
        {
            var page = await cluster.Experiments.ListAsync(new ExperimentQuery { PageSize = 3, PageToken = token });
            Assert.True(page.Experiments.Length <= 3);
            listed.AddRange(page.Experiments.Select(summary => summary.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(Enumerable.Reverse(ids), listed);

        var cancelled = await cluster.Experiments.ListAsync(new ExperimentQuery { States = [ExperimentState.Cancelled] });
        Assert.Equal(ids[3], Assert.Single(cancelled.Experiments).Id);
        var queued = await cluster.Experiments.ListAsync(new ExperimentQuery { States = [ExperimentState.Queued] });
        Assert.All(queued.Experiments, summary => Assert.Equal("Waits for 1 worker; none is connected.", summary.Reason));
        await Assert.ThrowsAsync<CoordinationException>(() => cluster.Experiments.ListAsync(new ExperimentQuery { PageToken = "nonsense" }));
    }

    [Fact]
    public async Task Find_TakesUniquePrefixes()
    {
        await using var cluster = await StartAsync();
        var first = await cluster.SubmitAsync();
        Assert.Equal(first, await cluster.Experiments.FindAsync(first[..4]));
        var second = await cluster.SubmitAsync();
        Assert.Equal(second, await cluster.Experiments.FindAsync(second));
        var ambiguous = await Assert.ThrowsAsync<AmbiguousIdException>(() => cluster.Experiments.FindAsync(first[..4]));
        Assert.Contains(first, ambiguous.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Experiments.FindAsync(first[..3]));
        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Experiments.FindAsync("zzzzzz"));
    }

    [Fact]
    public async Task Restart_KnowsStatesNamesAndRequests()
    {
        await using var cluster = await StartAsync();
        var queued = await cluster.SubmitAsync(cluster.Submission() with { Name = "it's \"mine\" ✓", User = "bob" }, request: "again");
        var cancelled = await cluster.SubmitAsync();
        await cluster.Experiment(cancelled).CancelAsync("");
        await cluster.StepAsync();

        await cluster.RestartAsync();

        ExperimentSummary[] listed = [.. (await cluster.Experiments.ListAsync(new ExperimentQuery())).Experiments];
        Assert.Equal([(cancelled, ExperimentState.Cancelled), (queued, ExperimentState.Queued)], listed.Select(summary => (summary.Id, summary.State)));
        Assert.Equal(("it's \"mine\" ✓", "bob"), (listed[1].Name, listed[1].User));
        Assert.Equal(queued, await cluster.SubmitAsync(cluster.Submission() with { Name = "it's \"mine\" ✓", User = "bob" }, request: "again"));
    }

    /// <summary>A coordinator on a new database of the kind.</summary>
    internal abstract Task<SimulatedCluster> StartAsync();
}

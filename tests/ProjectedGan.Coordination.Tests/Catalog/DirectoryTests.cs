using ProjectedGan.Coordination.Catalog;
using ProjectedGan.Coordination.Experiments;
using ProjectedGan.Coordination.Tests.Simulation;

namespace ProjectedGan.Coordination.Tests.Catalog;

public class DirectoryTests
{
    [Fact]
    public async Task Ids_AreShortAndSortByTime()
    {
        await using SimulatedCluster cluster = await SimulatedCluster.StartAsync();
        List<string> ids = [];
        for (int count = 0; count < 20; count++)
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
        await using SimulatedCluster cluster = await SimulatedCluster.StartAsync();
        List<string> ids = [];
        for (int count = 0; count < 7; count++)
        {
            ids.Add(await cluster.SubmitAsync());
        }

        await cluster.Experiment(ids[3]).CancelAsync("");
        await cluster.StepAsync();
        List<string> listed = [];
        string token = "";
        do
        {
            ExperimentPage page = await cluster.Experiments.ListAsync(new ExperimentQuery { PageSize = 3, PageToken = token });
            Assert.True(page.Experiments.Length <= 3);
            listed.AddRange(page.Experiments.Select(summary => summary.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(Enumerable.Reverse(ids), listed);

        ExperimentPage cancelled = await cluster.Experiments.ListAsync(new ExperimentQuery { States = [ExperimentState.Cancelled] });
        Assert.Equal(ids[3], Assert.Single(cancelled.Experiments).Id);
        ExperimentPage queued = await cluster.Experiments.ListAsync(new ExperimentQuery { States = [ExperimentState.Queued] });
        Assert.All(queued.Experiments, summary => Assert.Equal("Waits for 1 worker; none is connected.", summary.Reason));
        await Assert.ThrowsAsync<CoordinationException>(() => cluster.Experiments.ListAsync(new ExperimentQuery { PageToken = "nonsense" }));
    }

    [Fact]
    public async Task Find_TakesUniquePrefixes()
    {
        await using SimulatedCluster cluster = await SimulatedCluster.StartAsync();
        string first = await cluster.SubmitAsync();
        Assert.Equal(first, await cluster.Experiments.FindAsync(first[..4]));
        string second = await cluster.SubmitAsync();
        Assert.Equal(second, await cluster.Experiments.FindAsync(second));
        AmbiguousIdException ambiguous = await Assert.ThrowsAsync<AmbiguousIdException>(() => cluster.Experiments.FindAsync(first[..4]));
        Assert.Contains(first, ambiguous.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Experiments.FindAsync(first[..3]));
        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Experiments.FindAsync("zzzzzz"));
    }
}

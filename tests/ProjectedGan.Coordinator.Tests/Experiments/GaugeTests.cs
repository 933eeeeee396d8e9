using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

/// <summary>Alerts and dashboards go by an experiment's gauges: they show how it stands now, not at the latest report.</summary>
public class GaugeTests
{
    [Fact]
    public async Task Gauges_OverAPause_ShowWhoTrainsAndEndWithTheExperiment()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync(cluster.Submission(min: 2));
        await cluster.StepAsync(3);
        Assert.Null(cluster.Gauges.Of(id));

        cluster.AddWorkers(2);
        await cluster.UntilStateAsync(id, ExperimentState.Running);
        Assert.Equal(2, cluster.Gauges.Of(id)?.Workers);
        await cluster.UntilAsync("5 iterations", () => Task.FromResult(cluster.Gauges.Of(id)?.Iteration >= 5));
        await cluster.Experiment(id).PauseAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Paused);
        var saved = (await cluster.GetAsync(id)).Checkpoint!.Iteration;
        Assert.Equal((saved, saved * 16, 0), cluster.Gauges.Of(id));

        await cluster.Experiment(id).ResumeAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Running);
        Assert.Equal(2, cluster.Gauges.Of(id)?.Workers);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.StepAsync(3);
        Assert.Null(cluster.Gauges.Of(id));
    }

    [Fact]
    public async Task Iterations_WithoutAProgressReport_MoveTheGauge()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Running);
        HashSet<long> shown = [];
        await cluster.UntilAsync("five values of the gauge", () =>
        {
            shown.Add(cluster.Gauges.Of(id)!.Value.Iteration);
            return Task.FromResult(shown.Count == 5);
        });
        Assert.Null((await cluster.GetAsync(id)).Progress);
    }

    [Fact]
    public async Task Gauges_OfARunBelowItsMinimum_ShowNoWorkers()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        var id = await cluster.SubmitAsync(cluster.Submission(min: 2));
        await cluster.UntilStateAsync(id, ExperimentState.Running);
        cluster.World.Workers["w002"].IsDead = true;
        await cluster.UntilStateAsync(id, ExperimentState.Waiting);
        Assert.Equal(0, cluster.Gauges.Of(id)?.Workers);
    }

    [Fact]
    public async Task Gauges_AfterARestartOfTheCoordinator_ShowAPausedRun()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        var id = await cluster.SubmitAsync();
        await cluster.UntilAsync("5 iterations", () => Task.FromResult(cluster.Alive.Any(worker => worker.Iteration >= 5)));
        await cluster.Experiment(id).PauseAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Paused);
        var before = cluster.Gauges.Of(id);
        await cluster.RestartAsync();
        Assert.Equal(before, cluster.Gauges.Of(id));
    }
}

using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Experiments;

/// <summary>A later end for an experiment that is there.</summary>
public class ProlongTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prolong_Completed_TrainsOnFromItsCheckpointToTheLaterEnd(bool restarts)
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);

        var prolonged = await cluster.Experiment(id).ProlongAsync(Longer(cluster, 90));

        Assert.Equal((ExperimentState.Queued, 1440, "spec of 90"), (prolonged.State, prolonged.Submission.TotalImages, prolonged.Submission.SpecYaml));
        Assert.Equal(("", null), (prolonged.WeightsHash, prolonged.Ended));
        if (restarts)
        {
            await cluster.RestartAsync();
        }

        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        var view = await cluster.GetAsync(id);
        Assert.Equal((1440, 40, "Trained 1440 images."), (view.Submission.TotalImages, view.Epochs[^1].FirstIteration, view.Reason));
        Assert.Equal(1440, Assert.Single((await cluster.Experiments.ListAsync(new() { PageSize = 10 })).Experiments).TotalImages);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Prolong_AnswerOfAWriteLost_GoesThroughWhenRepeated(int write)
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        var longer = Longer(cluster, 90);

        // The end is stored with the first write, the record with the second one.
        cluster.Faults.LostAnswerEvery = write;
        await Assert.ThrowsAsync<GrainStorageException>(() => cluster.Experiment(id).ProlongAsync(longer));
        cluster.Faults.LostAnswerEvery = 0;
        var between = await cluster.GetAsync(id);
        Assert.Equal((write == 1 ? ExperimentState.Completed : ExperimentState.Queued, 1440), (between.State, between.Submission.TotalImages));

        Assert.Equal(ExperimentState.Queued, (await cluster.Experiment(id).ProlongAsync(longer)).State);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
    }

    [Fact]
    public async Task Prolong_StorageAway_ChangesNothing()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.AddWorkers(2);
        var id = await cluster.SubmitAsync();
        await cluster.UntilStateAsync(id, ExperimentState.Completed);

        cluster.Faults.IsAway = true;
        await Assert.ThrowsAsync<GrainStorageException>(() => cluster.Experiment(id).ProlongAsync(Longer(cluster, 90)));
        cluster.Faults.IsAway = false;

        var view = await cluster.GetAsync(id);
        Assert.Equal((ExperimentState.Completed, 640), (view.State, view.Submission.TotalImages));
    }

    [Fact]
    public async Task Prolong_PausedOrQueued_EndsLater()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var queued = await cluster.SubmitAsync();
        (var paused, _) = await ElasticityTests.RunAsync(cluster, workers: 2, iterations: 15);
        await cluster.Experiment(paused).PauseAsync();
        await cluster.Experiment(queued).PauseAsync();
        await cluster.UntilStateAsync(paused, ExperimentState.Paused);
        await cluster.UntilStateAsync(queued, ExperimentState.Paused);
        var longer = Longer(cluster, 90);

        Assert.Equal(ExperimentState.Queued, (await cluster.Experiment(paused).ProlongAsync(longer)).State);
        await cluster.Experiment(queued).ResumeAsync();
        Assert.Equal(1440, (await cluster.Experiment(queued).ProlongAsync(longer)).Submission.TotalImages);

        await cluster.UntilStateAsync(paused, ExperimentState.Completed);
        await cluster.UntilStateAsync(queued, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(paused);
        await cluster.AssertCompletedAsync(queued);
    }

    [Fact]
    public async Task Prolong_WithWorkersFailedOrCancelled_SaysWhatToDo()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 100;
        (var id, var workers) = await ElasticityTests.RunAsync(cluster, workers: 1, iterations: 5);
        var longer = cluster.Submission() with { TotalImages = 2000, LastIteration = 125 };

        Assert.Contains($"Pause it ('pgan pause {id}')", await RefusalAsync(), StringComparison.Ordinal);
        (workers[0].Error, workers[0].ErrorIsEverywhere) = ("The data are wrong.", true);
        await cluster.UntilStateAsync(id, ExperimentState.Failed);
        Assert.Contains($"'pgan resume {id}'", await RefusalAsync(), StringComparison.Ordinal);
        var cancelled = await cluster.SubmitAsync();
        await cluster.Experiment(cancelled).CancelAsync("");
        id = cancelled;
        Assert.Contains("Submit it again", await RefusalAsync(), StringComparison.Ordinal);
        Assert.Equal(1600, (await cluster.GetAsync(id)).Submission.TotalImages);

        async Task<string> RefusalAsync() => (await Assert.ThrowsAsync<WrongStateException>(() => cluster.Experiment(id).ProlongAsync(longer))).Message;
    }

    [Fact]
    public async Task Prolong_StoppedEarly_GoesOnAndCountsAnew()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 400;
        cluster.AddWorker();
        var id = await cluster.SubmitAsync(cluster.Submission(evaluation: new EvaluationPolicy { StopAfter = 1 }));
        await cluster.UntilAsync("10 iterations", () => Task.FromResult(cluster.Alive.Any(worker => worker.Iteration >= 10)));
        await MeasureAsync(16, 1);
        await MeasureAsync(32, 2);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        var stopped = await cluster.GetAsync(id);
        Assert.StartsWith("Stopped early", stopped.Reason, StringComparison.Ordinal);

        // The end that it did not reach will do.
        Assert.Equal(ExperimentState.Queued, (await cluster.Experiment(id).ProlongAsync(cluster.Submission())).State);
        await cluster.UntilStateAsync(id, ExperimentState.Running);
        await MeasureAsync(48, 3);
        Assert.Equal(ExperimentState.Running, (await cluster.GetAsync(id)).State);
        await MeasureAsync(stopped.Checkpoint!.Images + 16, 2);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        Assert.StartsWith("Stopped early", (await cluster.GetAsync(id)).Reason, StringComparison.Ordinal);
        Assert.Equal(16, (await cluster.GetAsync(id)).BestSnapshotImages);

        async Task MeasureAsync(long images, double value)
        {
            await cluster.Experiment(id).RecordSnapshotAsync("w001", new SnapshotRecord { Images = images, Iteration = images / 16, Measure = true, Weights = new() { Name = "g", Digest = "g" } });
            await cluster.Experiment(id).RecordEvaluationAsync(images, new() { Metrics = [new MetricRecord { Metric = "fd", Value = value, Samples = 8 }] });
        }
    }

    // As the workers of the simulation train to it from then on.
    private static ExperimentSubmission Longer(SimulatedCluster cluster, long iterations)
    {
        cluster.LastIteration = iterations;
        return cluster.Submission() with { SpecYaml = $"spec of {iterations}" };
    }
}

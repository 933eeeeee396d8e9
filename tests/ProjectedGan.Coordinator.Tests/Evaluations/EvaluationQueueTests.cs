using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Evaluations;

[Trait("Speed", "Slow")]
public class EvaluationQueueTests
{
    [Fact]
    public async Task Queue_WithoutAnEvaluatorWaitsAndSaysSo()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await SnapshotAsync(cluster, id, 100);
        var queue = await cluster.Evaluations.DescribeAsync();
        Assert.Equal((1, 0), (queue.Queued, queue.Running));
        Assert.Empty(queue.Evaluators);
        Assert.NotNull(queue.OldestQueued);
    }

    [Fact]
    public async Task Snapshot_IsEvaluatedAndRecorded()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await RegisterAsync(cluster, "e1");
        await SnapshotAsync(cluster, id, 100);
        var task = (await NextAsync(cluster, "e1"))!;
        Assert.Equal((id, 100L, "snapshot-100"), (task.Run.Id, task.Images, task.Snapshot.Digest));
        Assert.Equal(EvaluationState.Running, (await SnapshotOfAsync(cluster, id, 100)).Evaluation);
        Assert.Equal("evaluating", Assert.Single((await cluster.Evaluations.DescribeAsync()).Evaluators).State);

        await cluster.Evaluations.CompleteAsync("e1", task.Id, Outcome(12.5));
        var done = await SnapshotOfAsync(cluster, id, 100);
        Assert.Equal((EvaluationState.Done, 12.5, "grid"), (done.Evaluation, done.Metrics[0].Value, done.Grid!.Digest));
        Assert.Equal(100, (await cluster.GetAsync(id)).BestSnapshotImages);
        Assert.Equal("snapshot-100", Assert.Single((await cluster.Experiment(id).GetBestAsync()).Files).Digest);

        // Said twice: nothing more happens.
        await cluster.Evaluations.CompleteAsync("e1", task.Id, Outcome(1));
        Assert.Equal(12.5, (await SnapshotOfAsync(cluster, id, 100)).Metrics[0].Value);
        Assert.Null(await NextAsync(cluster, "e1"));
    }

    [Fact]
    public async Task Newer_ReplacesAnUnstartedOlderOne()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await RegisterAsync(cluster, "e1");
        await SnapshotAsync(cluster, id, 100);
        var first = (await NextAsync(cluster, "e1"))!;
        await SnapshotAsync(cluster, id, 200);
        await SnapshotAsync(cluster, id, 300, measure: false);
        await cluster.Evaluations.CompleteAsync("e1", first.Id, Outcome(10));
        var second = (await NextAsync(cluster, "e1"))!;
        Assert.Equal(300, second.Images);
        Assert.True(second.Measure, "It takes over what the superseded one was for.");
        Assert.Equal(EvaluationState.Superseded, (await SnapshotOfAsync(cluster, id, 200)).Evaluation);
        Assert.Null((await SnapshotOfAsync(cluster, id, 200)).Weights);
        Assert.Equal(0, (await cluster.Evaluations.DescribeAsync()).Queued);
    }

    [Fact]
    public async Task KeepAll_EvaluatesEachInOrder()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync(cluster.Submission(evaluation: new EvaluationPolicy { KeepAll = true }));
        await RegisterAsync(cluster, "e1");
        await RegisterAsync(cluster, "e2");
        foreach (long images in new[] { 100, 200, 300 })
        {
            await SnapshotAsync(cluster, id, images);
        }

        foreach (long images in new[] { 100, 200, 300 })
        {
            var one = await NextAsync(cluster, "e1");
            var two = await NextAsync(cluster, "e2");
            var only = Assert.Single(new[] { one, two }, task => task is not null)!;
            Assert.Equal(images, only.Images);
            await cluster.Evaluations.CompleteAsync(one is null ? "e2" : "e1", only.Id, Outcome(images));
        }

        Assert.All((await cluster.GetAsync(id)).Snapshots, snapshot => Assert.Equal(EvaluationState.Done, snapshot.Evaluation));
        Assert.Equal(100, (await cluster.GetAsync(id)).BestSnapshotImages);
    }

    [Fact]
    public async Task Evaluator_LostThreeTimes_FailsTheSnapshotAlone()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await SnapshotAsync(cluster, id, 100);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await RegisterAsync(cluster, $"e{attempt}");
            var task = (await NextAsync(cluster, $"e{attempt}"))!;
            Assert.EndsWith($"/{attempt}", task.Id, StringComparison.Ordinal);
            await cluster.StepAsync(31);
            var snapshot = await SnapshotOfAsync(cluster, id, 100);
            Assert.Equal(attempt < 3 ? EvaluationState.Queued : EvaluationState.Failed, snapshot.Evaluation);
            Assert.Equal($"Evaluator e{attempt} was lost.", snapshot.EvaluationError);
        }

        Assert.Equal(0, (await cluster.Evaluations.DescribeAsync()).Queued);
    }

    [Fact]
    public async Task Error_IsRetriedAndARestartForgetsNoAttempt()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await SnapshotAsync(cluster, id, 100);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await RegisterAsync(cluster, "e1");
            var task = (await NextAsync(cluster, "e1"))!;
            await cluster.Evaluations.CompleteAsync("e1", task.Id, new EvaluationOutcome { Error = "No memory." });
            await cluster.RestartAsync();
        }

        Assert.Equal((EvaluationState.Failed, 3), ((await SnapshotOfAsync(cluster, id, 100)).Evaluation, (await SnapshotOfAsync(cluster, id, 100)).FailedAttempts));
    }

    [Fact]
    public async Task Restart_EvaluatorUnderWayGoesOn()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await RegisterAsync(cluster, "e1");
        await SnapshotAsync(cluster, id, 100);
        var task = (await NextAsync(cluster, "e1"))!;
        await cluster.RestartAsync();
        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Evaluations.ReportAsync("e1", new EvaluatorStatus { Task = task.Id }));
        Assert.Equal(1, (await cluster.Evaluations.DescribeAsync()).Queued);
        await cluster.Evaluations.RegisterAsync(Registration("e1"), "again");
        await cluster.Evaluations.ReportAsync("e1", new EvaluatorStatus { Task = task.Id });
        Assert.Equal(task.Id, (await NextAsync(cluster, "e1"))!.Id);
        await cluster.Evaluations.CompleteAsync("e1", task.Id, Outcome(3));
        Assert.Equal(EvaluationState.Done, (await SnapshotOfAsync(cluster, id, 100)).Evaluation);
    }

    [Fact]
    public async Task Cancel_AbandonsTheTask()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await RegisterAsync(cluster, "e1");
        await SnapshotAsync(cluster, id, 100);
        await cluster.Evaluations.TickAsync();
        var command = (await cluster.Evaluations.WaitForCommandAsync("e1", 0, CancellationToken.None))!;
        await cluster.Experiment(id).CancelAsync("");
        var next = (await cluster.Evaluations.WaitForCommandAsync("e1", command.Version, CancellationToken.None))!;
        Assert.Null(next.Task);
        Assert.Equal("idle", Assert.Single((await cluster.Evaluations.DescribeAsync()).Evaluators).State);
    }

    [Fact]
    public async Task Metric_WithoutImprovement_StopsTrainingEarly()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        cluster.LastIteration = 500;
        cluster.AddWorkers(2);
        var id = await cluster.SubmitAsync(cluster.Submission(evaluation: new EvaluationPolicy { StopAfter = 2 }));
        await cluster.UntilAsync("some iterations", () => Task.FromResult(cluster.Alive.Any(worker => worker.Iteration >= 5)));
        await RegisterAsync(cluster, "e1");
        foreach ((var images, var value) in new[] { (100L, 9.0), (200L, 5.0), (300L, 6.0), (400L, 5.5) })
        {
            await SnapshotAsync(cluster, id, images);
            var task = await NextAsync(cluster, "e1");
            Assert.True(task is not null, string.Join('\n', cluster.Logs.All));
            await cluster.Evaluations.CompleteAsync("e1", task.Id, Outcome(value));
        }

        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        var view = await cluster.GetAsync(id);
        Assert.Equal("Stopped early: fid_inception_v3 has not improved on 5 at 200 images for 2 snapshots.", view.Reason);
        Assert.Equal(200, view.BestSnapshotImages);
        cluster.AssertLedger(view, view.Checkpoint!.Iteration);
    }

    [Fact]
    public async Task Recall_FallingWhileTheDistanceImproves_IsToldOnceUntilItIsOver()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await RegisterAsync(cluster, "e1");
        long images = 0;
        foreach ((var distance, var recall) in new[] { (60.0, 0.6), (50.0, 0.5), (40.0, 0.3), (30.0, 0.2), (29.0, 0.4), (28.0, 0.3), (27.0, 0.1) })
        {
            images += 100;
            await SnapshotAsync(cluster, id, images);
            var task = (await NextAsync(cluster, "e1"))!;
            await cluster.Evaluations.CompleteAsync("e1", task.Id, Outcome(distance) with
            {
                Metrics = [new MetricRecord { Metric = "fd_x", Value = distance, Samples = 50 }, new MetricRecord { Metric = "recall_x", Value = recall, Samples = 50 }],
            });
        }

        ExperimentEvent[] warnings = [.. (await cluster.Journal.ReadAsync(id, 0, 1_000, CancellationToken.None)).Where(told => told.Log is { Level: "warning" })];
        // At 300 images, on at 400, over at 500, and anew at 700.
        Assert.Equal(["recall_x went from 0.6 to 0.3", "recall_x went from 0.4 to 0.1"], warnings.Select(told => told.Text.Split("measurements ")[1].Split(" (")[0]));
        Assert.All(warnings, told => Assert.Equal(told.Text, told.Log!.Text));
    }

    [Fact]
    public async Task Storage_Away_TheEvaluatorKeepsItsResult()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var id = await cluster.SubmitAsync();
        await RegisterAsync(cluster, "e1");
        await SnapshotAsync(cluster, id, 100);
        var task = (await NextAsync(cluster, "e1"))!;
        cluster.Faults.IsAway = true;
        await Assert.ThrowsAnyAsync<OrleansException>(() => cluster.Evaluations.CompleteAsync("e1", task.Id, Outcome(3)));
        cluster.Faults.IsAway = false;
        await cluster.Evaluations.CompleteAsync("e1", task.Id, Outcome(3));
        Assert.Equal(EvaluationState.Done, (await SnapshotOfAsync(cluster, id, 100)).Evaluation);
    }

    private static EvaluatorRegistration Registration(string id) => new() { Id = id, Name = id, DeviceKind = "cpu" };

    private static async Task RegisterAsync(SimulatedCluster cluster, string id)
    {
        await cluster.Evaluations.RegisterAsync(Registration(id), "stream");
        await cluster.Evaluations.ReportAsync(id, new EvaluatorStatus());
    }

    private static async Task<EvaluationTask?> NextAsync(SimulatedCluster cluster, string evaluator)
    {
        await cluster.Evaluations.TickAsync();
        return (await cluster.Evaluations.WaitForCommandAsync(evaluator, 0, CancellationToken.None))?.Task;
    }

    private static Task SnapshotAsync(SimulatedCluster cluster, string id, long images, bool measure = true)
        => cluster.Experiment(id).RecordSnapshotAsync("w", new SnapshotRecord
        {
            Images = images,
            Iteration = images / 16,
            Measure = measure,
            Weights = new ArtifactReference { Name = "g.safetensors", Digest = $"snapshot-{images}" },
        });

    private static async Task<SnapshotRecord> SnapshotOfAsync(SimulatedCluster cluster, string id, long images)
        => (await cluster.GetAsync(id)).Snapshots.Single(snapshot => snapshot.Images == images);

    private static EvaluationOutcome Outcome(double value) => new()
    {
        Metrics = [new MetricRecord { Metric = "fid_inception_v3", Value = value, Samples = 50 }],
        Grid = new ArtifactReference { Name = "grid.png", Digest = "grid" },
    };
}

using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using Xunit.Abstractions;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>How soon real processes go on after kill -9, and what is not lost with them, by the coordinator's record of events.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class RecoveryTests(ITestOutputHelper output)
{
    private const int Iterations = 60;

    // Between a failure's detection and the next committed iteration.
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Workers_KilledOneAfterTheOther_TrainingGoesOnWithinFiveSecondsOfTheDetection()
    {
        using TemporaryFolder home = new();
        DataSpec data = new() { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None), Resolution = 64, Mirror = true, DecodingThreads = 1 };
        var spec = VerificationSpec.Create(replicas: 4, Iterations) with { Data = data, Cluster = new ClusterSpec { MinWorkers = 1 } };
        var calm = await CalmRun.WeightsHashAsync(home, spec);
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        for (var worker = 0; worker < 3; worker++)
        {
            await cluster.AddWorkerAsync();
        }

        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "recovery" });
        for (var members = 3; members > 1; members--)
        {
            long due = (4 - members) * Iterations / 4;
            Experiment now = await cluster.WaitAsync(experiment.Id, $"{members} members at iteration {due}", now => now.Members.Count == members && now.Progress?.Iteration >= due);
            // The first member leads: it reports, and has the state that the others may lack.
            var victim = cluster.Workers.Single(worker => worker.Id == now.Members[0].Worker);
            victim.Kill();
            await cluster.RemoveAsync(victim);
        }

        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);

        Assert.Equal(calm, ended.WeightsHash);
        var standstills = await Recoveries.MeasureAsync(cluster.Experiments, experiment.Id);
        output.WriteLine($"stood still for {string.Join(", ", standstills.Select(time => $"{time.TotalSeconds:0.00} s"))}");
        Assert.Equal(2, standstills.Count);
        // What else the machine does delays any of them, so the best counts here; the coordination's tests bound every kind on a clock of their own.
        Assert.InRange(standstills.Min(), TimeSpan.Zero, Most);
    }

    /// <summary>What the baselines adapt beside weights is handed to whoever comes after, and second derivatives are summed as any gradient is.</summary>
    [Theory]
    [InlineData(DiscriminatorKind.StyleGan2)]
    [InlineData(DiscriminatorKind.FastGan)]
    public async Task Workers_KilledAndAddedWithABaseline_EndWithTheCalmRunsWeights(DiscriminatorKind kind)
    {
        const int Last = 40;
        using TemporaryFolder home = new();
        var spec = VerificationSpec.Create(replicas: 2, Last);
        spec = spec with
        {
            Data = spec.Data with { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None) },
            Cluster = new ClusterSpec { MinWorkers = 1 },
            Discriminator = spec.Discriminator with { Kind = kind, MostChannels = 16 },
        };
        if (kind == DiscriminatorKind.StyleGan2)
        {
            spec = spec with
            {
                Generator = spec.Generator with { Kind = GeneratorKind.StyleGan2, StyleSize = 16, MostChannels = 16, StyleMixing = 0.9 },
                Loss = new LossSpec { Kind = LossKind.NonSaturating, PenaltyInterval = 4, PathLength = 2 },
                Augmentation = new AugmentationSpec { Color = false, Translation = false, Cutout = false, Adaptive = "blit,geom,color", AdjustmentImages = 200 },
            };
        }

        var calm = await CalmRun.WeightsHashAsync(home, spec);
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        await cluster.AddWorkerAsync();
        await cluster.AddWorkerAsync();
        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "baseline" });
        Experiment now = await cluster.WaitAsync(experiment.Id, "two members on their way", now => now.Members.Count == 2 && now.Progress?.Iteration >= Last / 4);
        var leader = cluster.Workers.Single(worker => worker.Id == now.Members[0].Worker);
        leader.Kill();
        await cluster.RemoveAsync(leader);
        await cluster.AddWorkerAsync();

        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);

        Assert.Equal(calm, ended.WeightsHash);
        Assert.True(ended.MembershipEpoch > now.MembershipEpoch, "The run ended before its leader was missed: the test would prove nothing.");
    }

    [Fact]
    public async Task Leader_LostWithWhatItHadToUpload_LosesNoSnapshotAndLeavesNoCheckpointOverdue()
    {
        // Both come due several times in the seconds of a lease, on a slow machine too.
        const int Interval = 4;
        const int Last = 200;
        using TemporaryFolder home = new();
        var spec = VerificationSpec.Create(replicas: 2, Last);
        spec = spec with
        {
            Data = spec.Data with { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None) },
            Cluster = new ClusterSpec { MinWorkers = 1 },
            Evaluation = spec.Evaluation with { EverySnapshot = true },
            Schedule = spec.Schedule with { SnapshotImages = Interval * spec.Batch, CheckpointImages = Interval * spec.Batch },
        };
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        await cluster.AddWorkerAsync();
        await cluster.AddWorkerAsync();
        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "snapshots" });
        Experiment now = await cluster.WaitAsync(experiment.Id, "two members on their way", now => now.Members.Count == 2 && now.Progress?.Iteration >= Interval);

        // It trains on with the other one until its lease is over, past checkpoints and snapshots that it cannot bring any more.
        var leader = cluster.Workers.Single(worker => worker.Id == now.Members[0].Worker);
        leader.ToCoordinator.Cut();
        await cluster.WaitAsync(experiment.Id, "an epoch without the leader", later => later.Members.Count == 1 && later.MembershipEpoch > now.MembershipEpoch && later.State == ExperimentState.Running);
        leader.Kill();
        await cluster.RemoveAsync(leader);

        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);
        Assert.Equal(Enumerable.Range(0, (Last / Interval) + 1).Select(snapshot => (long)snapshot * Interval), ended.Snapshots.Select(snapshot => snapshot.Iteration).Order());
        var events = await Recoveries.ReadAsync(cluster.Experiments, experiment.Id);
        List<Event> before = [.. events.TakeWhile(happened => happened.Epoch?.Epoch != ended.Epochs[^1].Epoch)];
        var checkpoint = events.Skip(before.Count).First(happened => happened.Checkpoint is not null);
        var start = ended.Epochs[^1].FirstIteration;
        var brought = before.Where(happened => happened.Checkpoint is not null).Select(happened => happened.Checkpoint.Iteration).DefaultIfEmpty().Max();
        Assert.True(start >= brought + Interval, $"The leader was lost at iteration {start} and had brought the checkpoint of {brought}: the test would prove nothing.");
        Assert.Equal(start, checkpoint.Checkpoint.Iteration);
    }

    [Fact]
    public async Task Worker_OutOfSightForAMoment_GoesOnFromItsOwnState()
    {
        using TemporaryFolder home = new();
        var spec = VerificationSpec.Create(replicas: 2, iterations: 300);
        spec = spec with { Data = spec.Data with { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None) }, Cluster = new ClusterSpec { MinWorkers = 1 } };
        var calm = await CalmRun.WeightsHashAsync(home, spec);
        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        var worker = await cluster.AddWorkerAsync();
        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "sight" });
        Experiment now = await cluster.WaitAsync(experiment.Id, "some iterations", now => now.Progress?.Iteration >= 20);

        worker.ToCoordinator.Cut();
        await cluster.WaitAsync(experiment.Id, "its loss", later => later.State == ExperimentState.Waiting);
        worker.ToCoordinator.Mend();

        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);
        Assert.Equal(calm, ended.WeightsHash);
        // There was no checkpoint to begin with.
        Assert.Equal(2, ended.Epochs.Count);
        Assert.InRange(ended.Epochs[1].FirstIteration, now.Progress.Iteration, 300);
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using Xunit.Abstractions;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>
/// Real processes that are killed, frozen, cut off, joined and drained while they train. PGAN_TEST_SEED repeats a schedule. A frozen process
/// thaws when the others go on without it; PGAN_TEST_FREEZE_SECONDS=30 freezes it for that long at least, which outlasts every timeout.
/// </summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Iterations = 300;
    private const int MoreTrouble = 2;
    private const int MostWorkers = 4;

    private static readonly TimeSpan LeastFreeze = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("PGAN_TEST_FREEZE_SECONDS"), out var seconds) ? seconds : 0);

    [Fact]
    public async Task Training_UnderChaos_EndsWithTheCalmRunsWeights()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PGAN_TEST_SEED"), out var given) ? given : Random.Shared.Next(1_000_000);
        output.WriteLine($"PGAN_TEST_SEED={seed}");
        using TemporaryFolder home = new();
        var spec = VerificationSpec.Create(replicas: 4, Iterations) with { Data = new DataSpec { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None), Resolution = 64, Mirror = true, DecodingThreads = 1 } };
        spec = spec with { Schedule = spec.Schedule with { CheckpointImages = 160 }, Cluster = new ClusterSpec { MinWorkers = 1, MaxWorkers = MostWorkers } };
        var calm = await CalmRun.WeightsHashAsync(home, spec);

        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        await cluster.AddWorkerAsync();
        await cluster.AddWorkerAsync();
        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "chaos" });
        Random random = new(seed);
        // Every kind once, and some more.
        var kinds = Enum.GetValues<Kind>();
        Kind[] schedule = [.. kinds, .. random.GetItems(kinds, MoreTrouble)];
        random.Shuffle(schedule);
        for (var trouble = 0; trouble < schedule.Length; trouble++)
        {
            var due = (trouble + 1L) * Iterations / (schedule.Length + 1);
            await cluster.WaitAsync(experiment.Id, $"iteration {due}", now => now.Progress?.Iteration >= due || now.State == ExperimentState.Completed);
            await MakeTroubleAsync(cluster, experiment.Id, schedule[trouble], random);
        }

        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);
        output.WriteLine(string.Join('\n', ended.Epochs.Select(epoch => $"epoch {epoch.Epoch}: {epoch.FirstIteration} to {epoch.EndIteration}, {epoch.Members.Count} workers, {epoch.EndedBecause}")));
        Assert.Equal(calm, ended.WeightsHash);
        Assert.True(ended.Epochs.Count > 2, "Nothing happened: the test would prove nothing.");
        using var dataset = ImageDataset.Open(spec.Data.Path);
        ImageLedgers.AssertEachImageOnce(home.Path, ended, images: 2 * dataset.Count);
        var standstills = await Recoveries.MeasureAsync(cluster.Experiments, experiment.Id);
        output.WriteLine($"stood still for {string.Join(", ", standstills.Select(time => $"{time.TotalSeconds:0.00} s"))} after failures");
    }

    [Fact]
    public async Task Training_BelowTheMinimum_WaitsAndGoesOnWhenAWorkerReturns()
    {
        using TemporaryFolder home = new();
        var spec = VerificationSpec.Create(replicas: 4, iterations: 60) with { Data = new DataSpec { Path = VerificationSpec.WriteDataset(home.Path, CancellationToken.None), Resolution = 64, Mirror = true, DecodingThreads = 1 } };
        spec = spec with { Cluster = new ClusterSpec { MinWorkers = 2, MaxWorkers = 2 } };
        var calm = await CalmRun.WeightsHashAsync(home, spec);

        await using var cluster = await ChaosCluster.StartAsync(home.Path);
        await cluster.AddWorkerAsync();
        var experiment = await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "minimum" });
        var queued = await cluster.WaitAsync(experiment.Id, "the queue's reason", now => now.State == ExperimentState.Queued && now.Reason.Contains('2', StringComparison.Ordinal));
        output.WriteLine(queued.Reason);
        var second = await cluster.AddWorkerAsync();
        await cluster.WaitAsync(experiment.Id, "iteration 10", now => now.Progress?.Iteration >= 10);

        second.Kill();
        await cluster.RemoveAsync(second);
        var waiting = await cluster.WaitAsync(experiment.Id, "waiting", now => now.State == ExperimentState.Waiting);
        output.WriteLine(waiting.Reason);
        await cluster.AddWorkerAsync();

        var ended = await cluster.WaitAsync(experiment.Id, "the end", now => now.State == ExperimentState.Completed);
        Assert.Equal(calm, ended.WeightsHash);
        // The one that stayed gave its state to the one that came.
        Assert.Equal((await CopiedAsync(cluster.Workers[0]))["transmit"], (await CopiedAsync(cluster.Workers[1]))["receive"]);
    }

    private static async Task<Dictionary<string, double>> CopiedAsync(ChaosWorker worker)
    {
        using HttpClient http = new();
        var shown = await http.GetStringAsync(worker.Metrics);
        return Regex.Matches(shown, """^pgan_collective_state_io_bytes_total\{.*network_io_direction="(\w+)".*\} ([0-9.e+]+)""", RegexOptions.Multiline)
            .ToDictionary(sample => sample.Groups[1].Value, sample => double.Parse(sample.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private async Task MakeTroubleAsync(ChaosCluster cluster, string id, Kind kind, Random random)
    {
        var now = await cluster.WaitAsync(id, "an answer", _ => true);
        if (kind is Kind.Drain or Kind.CutFromPeers && now.Members.Count < 2)
        {
            await cluster.AddWorkerAsync();
            now = await cluster.WaitAsync(id, "a second member", later => later.Members.Count > 1 || later.State == ExperimentState.Completed);
        }

        // One that is no member, because it cools down, is in nobody's way.
        ChaosWorker[] members = [.. cluster.Workers.Where(worker => now.Members.Any(member => member.Worker == worker.Id))];
        var victim = members.Length > 0 ? members[random.Next(members.Length)] : cluster.Workers[0];
        var epoch = now.MembershipEpoch;
        Task NextEpochAsync() => cluster.WaitAsync(id, $"an epoch after {epoch}", later => later.MembershipEpoch > epoch || later.State == ExperimentState.Completed);
        output.WriteLine($"epoch {epoch}: {kind} {victim.Id}");
        switch (kind)
        {
            case Kind.Kill:
                victim.Kill();
                await cluster.RemoveAsync(victim);
                await cluster.AddWorkerAsync();
                break;
            case Kind.Freeze:
                var atLeast = Task.Delay(LeastFreeze);
                victim.Freeze();
                await NextEpochAsync();
                await atLeast;
                victim.Thaw();
                break;
            case Kind.Join:
                await cluster.AddWorkerAsync();
                break;
            case Kind.Drain:
                await cluster.RemoveAsync(victim);
                break;
            case Kind.CutFromCoordinator:
                victim.ToCoordinator.Cut();
                await NextEpochAsync();
                victim.ToCoordinator.Mend();
                break;
            case Kind.CutFromPeers:
                // Which of two peers dials the other is their own affair: all links of the peers break.
                foreach (var worker in cluster.Workers)
                {
                    worker.ToPeers.Cut();
                }

                await NextEpochAsync();
                foreach (var worker in cluster.Workers)
                {
                    worker.ToPeers.Mend();
                }

                break;
            case Kind.KillCoordinator:
                await cluster.RestartCoordinatorAsync();
                break;
        }
    }

    private enum Kind
    {
        Kill,
        Freeze,
        Join,
        Drain,
        CutFromCoordinator,
        CutFromPeers,
        KillCoordinator,
    }
}

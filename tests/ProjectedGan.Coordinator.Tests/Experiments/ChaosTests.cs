using System.Globalization;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;
using Xunit.Abstractions;

namespace ProjectedGan.Coordinator.Tests.Experiments;

/// <summary>Random trouble by a seed, which is printed and can be given as PGAN_TEST_SEED.</summary>
[Trait("Speed", "Slow")]
public class ChaosTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Run_UnderRandomTrouble_EndsAsACalmOne(int round)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PGAN_TEST_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        output.WriteLine($"PGAN_TEST_SEED={seed} (round {round})");
        await RunAsync(seed + round, troubles: 16);
    }

    /// <summary>After a pause without a checkpoint, workers that still held a later state, or brought it late, put iterations into wrong records.</summary>
    [Theory]
    [InlineData(15179074, 14)]
    [InlineData(532095928, 14)]
    [InlineData(404453158, 15)]
    public Task Run_UnderTroubleThatOnceFailed_EndsAsACalmOne(int seed, int troubles) => RunAsync(seed, troubles);

    private async Task RunAsync(int seed, int troubles)
    {
        var random = new Random(seed);
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { CoolDown = TimeSpan.FromSeconds(5), HoldPatience = TimeSpan.FromSeconds(15), UploadPatience = TimeSpan.FromSeconds(30) });
        cluster.LastIteration = 250;
        cluster.AddWorkers(3);
        var min = random.Next(1, 3);
        var id = await cluster.SubmitAsync(cluster.Submission(min: min, max: random.Next(0, 2) * 4));
        for (var step = 0; step < 150; step++)
        {
            await TroubleAsync(cluster, id, random, troubles);
            await cluster.StepAsync();
        }

        await CalmAsync(cluster, id, min);
        await cluster.UntilStateAsync(id, ExperimentState.Completed);
        await cluster.AssertCompletedAsync(id);
        var view = await cluster.GetAsync(id);
        output.WriteLine($"{view.MembershipEpoch} epochs, {view.Epochs.Length} with training");
    }

    private static async Task TroubleAsync(SimulatedCluster cluster, string id, Random random, int troubles)
    {
        SimulatedWorker[] alive = [.. cluster.Alive];
        var one = alive.Length == 0 ? null : alive[random.Next(alive.Length)];
        switch (random.Next(40))
        {
            case 0 when one is not null:
                one.IsDead = true;
                break;
            case 1 or 2 when alive.Length < 8:
                cluster.AddWorker((world, name) => new SimulatedWorker(world, name) { WarmSteps = random.Next(8), IterationsPerStep = random.Next(1, 4) });
                break;
            case 3 or 4 when one is not null:
                one.IsFrozen = !one.IsFrozen;
                break;
            case 5 when one is not null && alive.Length > 1:
                one.Drains = true;
                break;
            case 6:
                await cluster.RestartAsync();
                break;
            case 7:
                cluster.Faults.IsAway = !cluster.Faults.IsAway;
                break;
            case 8:
                cluster.Faults.LostAnswerEvery = random.Next(4);
                break;
            case 9 when alive.Length > 1:
                one!.CutOff.Add(alive[random.Next(alive.Length)].Id);
                one.CutOff.Remove(one.Id);
                break;
            case 10 when one is not null:
                one.CutOff.Clear();
                one.BreaksWith.Clear();
                break;
            case 11 or 12:
                await TryAsync(() => random.Next(2) == 0 ? cluster.Experiment(id).PauseAsync() : cluster.Experiment(id).ResumeAsync());
                break;
            case 13 when one is not null:
                one.UploadsFail = !one.UploadsFail;
                break;
            // Seeds that once failed are of the time before this trouble.
            case 14 when one is not null && troubles > 14:
                one.BreaksWith.UnionWith(alive.Where(worker => worker != one).Select(worker => worker.Id));
                break;
            // The last one is written once: whoever has uploaded it does not do so again.
            case 15 when troubles > 15 && cluster.World.Newest(id) is { } newest && newest < cluster.LastIteration:
                cluster.World.Lose($"{id}-{newest}");
                break;
        }
    }

    private static async Task CalmAsync(SimulatedCluster cluster, string id, int min)
    {
        (cluster.Faults.IsAway, cluster.Faults.LostAnswerEvery) = (false, 0);
        foreach (var worker in cluster.Alive)
        {
            (worker.IsFrozen, worker.UploadsFail) = (false, false);
            worker.CutOff.Clear();
            worker.BreaksWith.Clear();
        }

        cluster.AddWorkers(min);
        await cluster.UntilAsync("a pause to end", async () => (await cluster.GetAsync(id)).State != ExperimentState.Pausing);
        if ((await cluster.GetAsync(id)).State == ExperimentState.Paused)
        {
            await cluster.Experiment(id).ResumeAsync();
        }
    }

    private static async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception exception) when (exception is OrleansException or CoordinationException)
        {
            // The storage is away, or the run has ended.
        }
    }
}

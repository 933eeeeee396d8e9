using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Protocol.V1;
using Xunit.Abstractions;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>Whatever comes in at its port, the coordinator stands and keeps what it knows.</summary>
[Trait("Speed", "Slow")]
public class FuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Methods =
    [
        "pgan.v1.Experiments/Submit", "pgan.v1.Experiments/Get", "pgan.v1.Experiments/List", "pgan.v1.Experiments/Cancel", "pgan.v1.Experiments/GetResult",
        "pgan.v1.Experiments/GetSampleImage", "pgan.v1.Artifacts/Stat", "pgan.v1.Artifacts/Upload", "pgan.v1.Cluster/Work", "pgan.v1.Cluster/Evaluate",
        "grpc.health.v1.Health/Check", "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "pgan.v1.Nothing/AtAll",
    ];

    [Fact]
    public async Task RandomBytesAndMutatedMessages_ChangeNothing()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var before = await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home)) });

        await Fuzz.SendRawAsync(coordinator.Address, random);
        await Fuzz.CallAsync(coordinator.Connect(), Methods, random);

        Assert.False(coordinator.HasExited, coordinator.Log);
        string[] errors = [.. coordinator.Log.Split('\n').Where(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal))];
        Assert.True(errors.Length == 0, string.Join('\n', errors));
        var after = await coordinator.Experiments.GetAsync(new GetRequest { Id = before.Id });
        Assert.Equal((before.SpecYaml, before.DatasetHash, ExperimentState.Queued), (after.SpecYaml, after.DatasetHash, after.State));
        await coordinator.KillAsync();
        await using var again = await CoordinatorProcess.StartAsync(home);
        Assert.Equal(before.Id, Assert.Single((await again.Experiments.ListAsync(new ListRequest())).Experiments).Id);
    }
}

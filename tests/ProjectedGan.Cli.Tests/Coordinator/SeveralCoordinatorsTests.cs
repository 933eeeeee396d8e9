using System.Net;
using System.Net.Sockets;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Coordinator.Tests.Storage;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>Real coordinators that share a PostgreSQL database, and nothing else was prepared.</summary>
[Collection(SeveralCoordinatorsCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class SeveralCoordinatorsTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task TwoStartedAtOnce_AreOneCluster()
    {
        using TemporaryFolder home = new();
        await using SiloCluster cluster = new(home, await postgres.CreateDatabaseAsync());
        await Task.WhenAll(cluster.AddAsync(), cluster.AddAsync());

        string first = await SubmitAsync(home, cluster.Silos[0], "first"), second = await SubmitAsync(home, cluster.Silos[1], "second");

        foreach (var silo in cluster.Silos)
        {
            Assert.Equal([second, first], (await silo.Experiments.ListAsync(new ListRequest())).Experiments.Select(one => one.Id));
        }

        await cluster.Silos[0].Experiments.CancelAsync(new CancelRequest { Id = second, Reason = "from the other one" });
        Assert.Equal(ExperimentState.Cancelled, (await cluster.Silos[1].Experiments.GetAsync(new GetRequest { Id = second })).State);
    }

    [Fact]
    public async Task OneOfThreeKilled_TheOthersKnowEverythingAndTakeOver()
    {
        using TemporaryFolder home = new();
        await using SiloCluster cluster = new(home, await postgres.CreateDatabaseAsync());
        await cluster.AddAsync();
        await Task.WhenAll(cluster.AddAsync(), cluster.AddAsync());
        var ids = await SubmitToAllAsync(home, cluster);

        // The first to start has the single grains: the scheduler, the directory.
        await cluster.KillAsync(cluster.Silos[0]);

        foreach (var silo in cluster.Silos)
        {
            await AssertKnownAsync(cluster, silo, ids);
        }

        var later = await cluster.AskAsync("a submission after the loss", cluster.Silos[0], client => client.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(home.At("tiny.zip")), Name = "later", RequestId = "later" }).ResponseAsync);
        await AssertKnownAsync(cluster, cluster.Silos[1], [.. ids, later.Id]);
    }

    [Fact]
    public async Task AllKilled_TheFirstThatReturnsKnowsEverything()
    {
        using TemporaryFolder home = new();
        await using SiloCluster cluster = new(home, await postgres.CreateDatabaseAsync());
        await Task.WhenAll(cluster.AddAsync(), cluster.AddAsync());
        var ids = await SubmitToAllAsync(home, cluster);
        foreach (var silo in cluster.Silos.ToArray())
        {
            await cluster.KillAsync(silo);
        }

        await AssertKnownAsync(cluster, await cluster.AddAsync(), ids);
    }

    [Fact]
    public async Task RollingRestart_SomebodyAnswersAllTheTime_AndNothingIsLost()
    {
        using TemporaryFolder home = new();
        await using SiloCluster cluster = new(home, await postgres.CreateDatabaseAsync());
        await cluster.AddAsync();
        await Task.WhenAll(cluster.AddAsync(), cluster.AddAsync());
        var ids = await SubmitToAllAsync(home, cluster);
        for (var round = 0; round < 3; round++)
        {
            await cluster.StopAsync(cluster.Silos[0]);
            await AssertKnownAsync(cluster, cluster.Silos[0], ids);
            await cluster.AddAsync();
            await AssertKnownAsync(cluster, cluster.Silos[^1], ids);
        }
    }

    [Fact]
    public async Task ClocksFiveMinutesApart_AreOneClusterAndSurviveALoss()
    {
        using TemporaryFolder home = new();
        await using SiloCluster cluster = new(home, await postgres.CreateDatabaseAsync());
        var ahead = await cluster.AddAsync(TimeSpan.FromMinutes(5));
        // Whoever joins is looked at by one whose clock says that it has tried for minutes.
        var others = await Task.WhenAll(cluster.AddAsync(TimeSpan.FromMinutes(-5)), cluster.AddAsync());
        var (behind, right) = (others[0], others[1]);
        var ids = await SubmitToAllAsync(home, cluster);
        Experiment[] submitted = [.. (await right.Experiments.ListAsync(new ListRequest())).Experiments];
        Assert.All(submitted, one => Assert.InRange(one.Submitted.ToDateTime(), DateTime.UtcNow.AddMinutes(-2), DateTime.UtcNow.AddMinutes(2)));

        await cluster.KillAsync(ahead);
        await AssertKnownAsync(cluster, behind, ids);
        await AssertKnownAsync(cluster, right, ids);
        var again = await cluster.AddAsync(TimeSpan.FromMinutes(5));
        await AssertKnownAsync(cluster, again, ids);
        Assert.All(cluster.Silos, silo => Assert.False(silo.HasExited, cluster.Logs));
    }

    [Fact]
    public async Task Start_OnAnAddressInUse_IsRefused()
    {
        using TemporaryFolder home = new();
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        var result = await PganProcess.RunAsync(
            home.Path, "coordinator", "--data-dir", home.At("data"), "--listen", "http://127.0.0.1:0", "--clustering", "postgres", "--connection-string", await postgres.CreateDatabaseAsync(),
            "--silo-listen", taken.LocalEndpoint.ToString()!);
        result.Refused(2, "--silo-listen", taken.LocalEndpoint.ToString()!);
    }

    private static async Task<string[]> SubmitToAllAsync(TemporaryFolder home, SiloCluster cluster)
    {
        List<string> ids = [];
        foreach (var silo in cluster.Silos)
        {
            ids.Add(await SubmitAsync(home, silo, $"number {ids.Count}"));
        }

        return [.. ids];
    }

    private static async Task<string> SubmitAsync(TemporaryFolder home, CoordinatorProcess silo, string name)
    {
        var dataset = File.Exists(home.At("tiny.zip")) ? home.At("tiny.zip") : TinyExperiment.WriteDataset(home);
        return (await silo.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset), Name = name })).Id;
    }

    private static async Task AssertKnownAsync(SiloCluster cluster, CoordinatorProcess silo, string[] ids)
    {
        var known = await cluster.AskAsync("the list", silo, client => client.ListAsync(new ListRequest()).ResponseAsync);
        Assert.Equal(ids.Order(StringComparer.Ordinal), known.Experiments.Select(one => one.Id).Order(StringComparer.Ordinal));
        foreach (var id in ids)
        {
            var one = await cluster.AskAsync($"experiment {id}", silo, client => client.GetAsync(new GetRequest { Id = id }).ResponseAsync);
            Assert.Equal(ExperimentState.Queued, one.State);
        }
    }
}

/// <summary>A machine that is busy with other clusters takes its time, which here is what is tested.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SeveralCoordinatorsCollection
{
    public const string Name = "several coordinators";
}

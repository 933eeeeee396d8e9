using Grpc.Core;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Coordinator.Tests.Storage;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>A coordinator that is killed and started again knows everything, with either database.</summary>
[Trait("Speed", "Slow")]
public class RestartTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Killed_OnSqlite_KnowsEverything()
    {
        using TemporaryFolder home = new();
        await CheckAsync(home);
    }

    [Fact]
    public async Task Killed_OnPostgres_KnowsEverything()
    {
        using TemporaryFolder home = new();
        await CheckAsync(home, "--storage", "postgres", "--connection-string", await postgres.CreateDatabaseAsync());
    }

    [Fact]
    public async Task Stopped_ByCtrlC_EndsWellWhileClientsWatch()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var experiment = await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home)) });
        using var watch = coordinator.Experiments.Watch(new WatchRequest { Id = experiment.Id });
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));

        var result = await coordinator.StopAsync();

        Assert.Equal(0, result.ExitCode);
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(CancellationToken.None))
            {
            }
        });
        Assert.Equal(StatusCode.Unavailable, ended.StatusCode);
    }

    [Theory]
    [InlineData("--clustering", "kubernetes", "--connection-string")]
    [InlineData("--silo-listen", "7000", "*:0")]
    [InlineData("--listen", "http://0.0.0.0:0", "--insecure")]
    [InlineData("--lease", "1s", "--heartbeat")]
    [InlineData("--storage", "postgres", "--connection-string")]
    [InlineData("--tokens", "missing.yaml", "missing.yaml")]
    public async Task Start_WrongOption_IsRefusedInOneLine(string option, string value, string hint)
    {
        using TemporaryFolder home = new();
        var result = await PganProcess.RunAsync(home.Path, "coordinator", "--data-dir", home.At("data"), option, value);
        result.Refused(2, hint);
    }

    [Fact]
    public async Task Start_FolderInUse_IsRefused()
    {
        using TemporaryFolder home = new();
        await using var first = await CoordinatorProcess.StartAsync(home);
        (await PganProcess.RunAsync(home.Path, "coordinator", "--data-dir", home.At("data"), "--listen", "http://127.0.0.1:0")).Refused(2, "in use");
    }

    [Fact]
    public async Task Start_DatabaseAway_SaysSo()
    {
        using TemporaryFolder home = new();
        var result = await PganProcess.RunAsync(
            home.Path, "coordinator", "--data-dir", home.At("data"), "--listen", "http://127.0.0.1:0", "--storage", "postgres", "--connection-string", $"Host={home.Path};Username=pgan;Database=none");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("pgan: ", result.Errors, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(TemporaryFolder home, params string[] storage)
    {
        var dataset = TinyExperiment.WriteDataset(home);
        Experiment waiting, cancelled, paused;
        await using (var first = await CoordinatorProcess.StartAsync(home, storage))
        {
            waiting = await first.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset), Name = "waiting", RequestId = "w" });
            cancelled = await first.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset) });
            cancelled = await first.Experiments.CancelAsync(new CancelRequest { Id = cancelled.Id, Reason = "not this one" });
            paused = await first.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset) });
            await first.Experiments.PauseAsync(new PauseRequest { Id = paused.Id });
            await first.KillAsync();
        }

        await using var second = await CoordinatorProcess.StartAsync(home, storage);
        var known = await second.Experiments.GetAsync(new GetRequest { Id = waiting.Id });
        Assert.Equal(("waiting", ExperimentState.Queued, waiting.SpecYaml, waiting.DatasetHash), (known.Name, known.State, known.SpecYaml, known.DatasetHash));
        var ended = await second.Experiments.GetAsync(new GetRequest { Id = cancelled.Id });
        Assert.Equal((ExperimentState.Cancelled, cancelled.Reason), (ended.State, ended.Reason));
        Assert.Contains("not this one", ended.Reason, StringComparison.Ordinal);
        Assert.Contains((await second.Experiments.GetAsync(new GetRequest { Id = paused.Id })).State, new[] { ExperimentState.Paused, ExperimentState.Pausing });
        Assert.Equal(waiting.Id, (await second.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset), Name = "waiting", RequestId = "w" })).Id);
        Assert.Equal(3, (await second.Experiments.ListAsync(new ListRequest())).Experiments.Count);
        using var watch = second.Experiments.Watch(new WatchRequest { Id = cancelled.Id });
        List<string> told = [];
        while (await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            told.Add(watch.ResponseStream.Current.Text);
        }

        Assert.Contains(told, text => text.Contains("not this one", StringComparison.Ordinal));
    }
}

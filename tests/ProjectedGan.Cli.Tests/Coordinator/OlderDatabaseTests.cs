using Npgsql;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Coordinator.Tests.Storage;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>
/// Databases in Older/ that the version before wrote, which ran on other engines: one experiment that completed, one cancelled, one paused at a
/// checkpoint, one that waited, or had just been given the worker that was connected.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class OlderDatabaseTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private static string Older => Path.Combine(Repository.Root, "tests", "ProjectedGan.Cli.Tests", "Coordinator", "Older");

    [Fact]
    public async Task OfSqlite_IsReadAndGoesOn()
    {
        using TemporaryFolder home = new();
        Directory.CreateDirectory(home.At("data"));
        File.Copy(Path.Combine(Older, "coordinator.db"), home.At("data", "coordinator.db"));
        await CheckAsync(home, "", iteration: 9);
    }

    [Fact]
    public async Task OfPostgres_IsReadAndGoesOn()
    {
        using TemporaryFolder home = new();
        await CheckAsync(home, await LoadAsync(), iteration: 7, "--storage", "postgres");
    }

    [Fact]
    public async Task OfPostgres_IsReadBySeveral()
    {
        using TemporaryFolder home = new();
        await CheckAsync(home, await LoadAsync(), iteration: 7, "--clustering", "postgres", "--shared-dir", home.At("shared"));
    }

    private async Task<string> LoadAsync()
    {
        var connection = await postgres.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(await File.ReadAllTextAsync(Path.Combine(Older, "coordinator.sql")));
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task CheckAsync(TemporaryFolder home, string connection, long iteration, params string[] arguments)
    {
        string[] storage = connection.Length > 0 ? ["--connection-string", connection] : [];
        string paused;
        await using (var first = await CoordinatorProcess.StartAsync(home, [.. storage, .. arguments]))
        {
            var found = (await first.Experiments.ListAsync(new ListRequest())).Experiments.ToDictionary(one => one.Name);
            Assert.Equal(["cancelled", "finished", "paused", "waiting"], found.Keys.Order());
            paused = found["paused"].Id;
            var finished = await first.Experiments.GetAsync(new GetRequest { Id = found["finished"].Id });
            Assert.Equal((ExperimentState.Completed, 24L, 6L), (finished.State, finished.TotalImages, finished.Progress.Iteration));
            Assert.NotEmpty(finished.WeightsHash);
            Assert.Contains("generator", finished.SpecYaml, StringComparison.Ordinal);
            var cancelled = await first.Experiments.GetAsync(new GetRequest { Id = found["cancelled"].Id });
            Assert.Equal((ExperimentState.Cancelled, "cancelled by local"), (cancelled.State, cancelled.Reason));
            Assert.Contains(found["waiting"].State, new[] { ExperimentState.Queued, ExperimentState.Starting });
            Assert.Equal((ExperimentState.Paused, iteration), (found["paused"].State, (await first.Experiments.GetAsync(new GetRequest { Id = paused })).CheckpointIteration));
            Assert.Contains("Completed: Trained 24 images.", await ToldAsync(first, finished.Id));

            Assert.Equal(ExperimentState.Queued, (await first.Experiments.ResumeAsync(new ResumeRequest { Id = paused })).State);
            await first.StopAsync();
        }

        // What it wrote is read again.
        await using var second = await CoordinatorProcess.StartAsync(home, [.. storage, .. arguments]);
        var resumed = await second.Experiments.GetAsync(new GetRequest { Id = paused });
        Assert.Equal((ExperimentState.Queued, iteration), (resumed.State, resumed.CheckpointIteration));
    }

    private static async Task<List<string>> ToldAsync(CoordinatorProcess coordinator, string id)
    {
        using var watch = coordinator.Experiments.Watch(new WatchRequest { Id = id });
        List<string> told = [];
        while (await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            told.Add(watch.ResponseStream.Current.Text);
        }

        return told;
    }
}

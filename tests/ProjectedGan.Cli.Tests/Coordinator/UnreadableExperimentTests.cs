using Grpc.Core;
using Microsoft.Data.Sqlite;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>A real coordinator whose database holds one experiment that it cannot read.</summary>
[Trait("Speed", "Slow")]
public class UnreadableExperimentTests
{
    [Fact]
    public async Task Started_WithOneUnreadable_ServesAllElse()
    {
        using TemporaryFolder home = new();
        var dataset = TinyExperiment.WriteDataset(home);
        Experiment broken, whole;
        await using (var first = await CoordinatorProcess.StartAsync(home))
        {
            broken = await first.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset), Name = "broken" });
            whole = await first.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset), Name = "whole" });
            await first.KillAsync();
        }

        Break(home.At("data", "coordinator.db"), broken.Id);
        await using var second = await CoordinatorProcess.StartAsync(home);
        using HttpClient http = new();
        await Eventually.HoldsAsync("it is ready", async () => (await http.GetAsync(new Uri(second.Metrics, "/readyz"))).IsSuccessStatusCode);

        var failed = await second.Experiments.GetAsync(new GetRequest { Id = broken.Id });
        Assert.Equal((ExperimentState.Failed, "broken"), (failed.State, failed.Name));
        Assert.StartsWith("What is stored of it cannot be read. State \"experiment\" of grain", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(ExperimentState.Queued, (await second.Experiments.GetAsync(new GetRequest { Id = whole.Id })).State);
        var list = await second.Experiments.ListAsync(new ListRequest());
        Assert.Equal(["Failed broken", "Queued whole"], list.Experiments.Select(entry => $"{entry.State} {entry.Name}").Order(StringComparer.Ordinal));
        Assert.Equal(ExperimentState.Queued, (await second.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset) })).State);
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(async () => await second.Experiments.ResumeAsync(new ResumeRequest { Id = broken.Id }))).StatusCode);
        await Eventually.HoldsAsync("files were looked for", () => second.Log.Contains("of files that no experiment needs", StringComparison.Ordinal));
    }

    private static void Break(string database, string id)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE pgan_state SET payload = '{' WHERE grain LIKE @id AND name = 'experiment'";
        command.Parameters.AddWithValue("@id", $"%{id}");
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}

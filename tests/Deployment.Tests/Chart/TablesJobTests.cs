using System.Text.Json.Nodes;
using Deployment.Tests.Tools;
using Npgsql;
using ProjectedGan.Coordination.Tests.Storage;

namespace Deployment.Tests.Chart;

/// <summary>The job that makes Orleans' tables of members: its script with a real psql against a real PostgreSQL, and stand-ins of Orleans' scripts.</summary>
public sealed class TablesJobTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const string Query = "CREATE TABLE OrleansQuery (QueryKey varchar(64) NOT NULL);";
    private const string Members = "CREATE TABLE OrleansMembershipTable (DeploymentId varchar(150) NOT NULL); INSERT INTO OrleansQuery VALUES ('MembershipReadRowKey');";

    [Fact]
    public async Task Job_MakesTheTablesOnce_InTheOrderOfTheScripts()
    {
        NpgsqlConnectionStringBuilder database = new(await server.CreateDatabaseAsync());
        Assert.Contains("The tables are made.", Run(database, Query, Members).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("The tables are there.", Run(database, Query, Members).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(1L, await CountAsync(database, "SELECT count(*) FROM OrleansQuery"));
    }

    [Fact]
    public async Task Job_WithAWrongScript_FailsAndLeavesNothing()
    {
        NpgsqlConnectionStringBuilder database = new(await server.CreateDatabaseAsync());
        Run(database, Query, "CREATE TABEL Orleans;").Refused("TABEL");
        Assert.Equal(0L, await CountAsync(database, "SELECT count(*) FROM pg_tables WHERE tablename = 'orleansquery'"));
    }

    [Fact]
    public void Job_WithoutADatabase_Fails() => Run(new NpgsqlConnectionStringBuilder { Host = "/nowhere", Database = "a", Username = "b" }, Query).Refused("/nowhere");

    [Fact]
    public void Job_RunsBeforeTheCoordinators_AndIsConfined()
    {
        JsonObject job = Job();
        Assert.Equal("pre-install,pre-upgrade", job["metadata"]!["annotations"]!["helm.sh/hook"]!.GetValue<string>());
        JsonNode pod = job["spec"]!["template"]!["spec"]!;
        Assert.True(pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>());
        Assert.True(pod["containers"]![0]!["securityContext"]!["readOnlyRootFilesystem"]!.GetValue<bool>());
        Assert.Empty(Rendering.Of("silos-kubernetes").OfKind("Job"));
    }

    private static JsonObject Job() => Assert.Single(Rendering.Of("silos-postgres").OfKind("Job"));

    private static ToolResult Run(NpgsqlConnectionStringBuilder database, params string[] scripts)
    {
        string folder = Directory.CreateTempSubdirectory("pgan-tables-").FullName;
        try
        {
            foreach ((string text, int index) in scripts.Select((text, index) => (text, index)))
            {
                File.WriteAllText(Path.Combine(folder, $"{index + 1}.sql"), text);
            }

            JsonNode container = Job()["spec"]!["template"]!["spec"]!["containers"]![0]!;
            string[] command = [.. container["command"]!.AsArray().Select(word => word!.GetValue<string>())];
            string script = Assert.Single(container["args"]!.AsArray())!.GetValue<string>().Replace("/sql/", $"{folder}/", StringComparison.Ordinal);
            string variable = Assert.Single(container["env"]!.AsArray())!["name"]!.GetValue<string>();
            Tool shell = new(command[0]) { Environment = new Dictionary<string, string> { [variable] = $"postgresql:///{database.Database}?host={database.Host}&user={database.Username}" } };
            return shell.Run("", [.. command.Skip(1), script]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<object?> CountAsync(NpgsqlConnectionStringBuilder database, string query)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        await using NpgsqlCommand command = source.CreateCommand(query);
        return await command.ExecuteScalarAsync();
    }
}

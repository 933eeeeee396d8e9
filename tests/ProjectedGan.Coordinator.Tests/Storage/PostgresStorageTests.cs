using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Tests.Storage;

[Collection(PostgresCollection.Name)]
public sealed class PostgresStorageTests(PostgresServer server) : StorageContract
{
    private static readonly GrainId Grain = GrainId.Create("experiment", "one");

    private string _connection = "";

    [Fact]
    public async Task Server_Restarts_NextOperationWorks()
    {
        var state = await WriteAsync(Grain, new Ledger { Entries = ["one"] });
        await server.StopAsync();

        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => ReadAsync<Ledger>(Grain));
        await server.StartAsync();

        Assert.Equal(StorageFailures.Unreachable, thrown.Reason);
        Assert.Contains("cannot be reached", thrown.Message, StringComparison.Ordinal);
        Assert.Equal<string>(["one"], (await ReadAsync<Ledger>(Grain)).State!.Entries);
        state.State = new Ledger { Entries = ["two"] };
        await new SqlGrainStorage(Database, TimeProvider.System).WriteStateAsync("ledger", Grain, state);
    }

    [Fact]
    public async Task Server_RestartsBehindThePool_NothingIsSeenOfIt()
    {
        await WriteAsync(Grain, new Ledger { Entries = ["one"] });

        await server.StopAsync();
        await server.StartAsync();

        // The pool still holds the connection of before.
        Assert.Equal<string>(["one"], (await ReadAsync<Ledger>(Grain)).State!.Entries);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=pgan;Database=pgan", StorageFailures.Unreachable, "ConnectionRefused")]
    [InlineData("Host=/nonexistent;Username=pgan;Database=pgan", StorageFailures.Unreachable, "cannot be reached")]
    public async Task Server_NotThere_IsSaidInOneLine(string connection, string reason, string text)
    {
        await using var database = new PostgresDatabase(new PostgresStorageOptions { ConnectionString = connection }, Instruments);

        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => new SqlGrainStorage(database, TimeProvider.System).PrepareAsync(CancellationToken.None));

        Assert.Equal(reason, thrown.Reason);
        Assert.Contains(text, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
    }

    [Fact]
    public async Task Database_NotThere_IsSaid()
    {
        await using var database = new PostgresDatabase(new PostgresStorageOptions { ConnectionString = server.ConnectionString("missing") }, Instruments);

        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => new SqlGrainStorage(database, TimeProvider.System).PrepareAsync(CancellationToken.None));

        Assert.Equal(StorageFailures.Refused, thrown.Reason);
        Assert.Contains("database missing", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Right_IsMissing_IsSaid()
    {
        await Database.WriteAsync((session, token) => session.ExecuteAsync("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN; GRANT SELECT ON pgan_state TO reader", [], token), CancellationToken.None);
        await using var database = new PostgresDatabase(new PostgresStorageOptions { ConnectionString = _connection.Replace("Username=pgan", "Username=reader", StringComparison.Ordinal) }, Instruments);
        var state = new GrainState<Ledger>(new Ledger());

        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => new SqlGrainStorage(database, TimeProvider.System).WriteStateAsync("ledger", Grain, state));

        Assert.Equal(StorageFailures.Refused, thrown.Reason);
        Assert.Null(state.ETag);
        await Database.WriteAsync((session, token) => session.ExecuteAsync("DROP OWNED BY reader; DROP ROLE reader", [], token), CancellationToken.None);
    }

    protected override async Task CreateAsync() => _connection = await server.CreateDatabaseAsync();

    protected override SqlDatabase Open() => new PostgresDatabase(new PostgresStorageOptions { ConnectionString = _connection }, Instruments);

    protected override Task DeleteAsync() => Task.CompletedTask;
}

using System.Globalization;
using Microsoft.Data.Sqlite;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Tests.Storage;

[Trait("Speed", "Slow")]
public sealed class SqliteStorageTests : StorageContract
{
    private static readonly GrainId Grain = GrainId.Create("experiment", "one");

    private readonly string _folder = Directory.CreateTempSubdirectory("pgan-sqlite-").FullName;

    private string File => Path.Combine(_folder, "new", "coordinator.db");

    [Fact]
    public async Task File_HeldByAnotherProcess_IsSaidAndTheVersionStays()
    {
        var state = await WriteAsync(Grain, new Ledger { Entries = ["one"] });
        var version = state.ETag;
        using (var other = new SqliteConnection($"Data Source={File};Pooling=false"))
        {
            other.Open();
            using var held = other.BeginTransaction(deferred: false);
            state.State = new Ledger { Entries = ["two"] };

            var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => StorageOf(Database).WriteStateAsync("ledger", Grain, state));

            Assert.Equal(StorageFailures.Locked, thrown.Reason);
            Assert.Contains("held by another process", thrown.Message, StringComparison.Ordinal);
            Assert.Equal(version, state.ETag);
            // Readers are not in the way of the write-ahead log's writer, nor it of them.
            Assert.Equal<string>(["one"], (await ReadAsync<Ledger>(Grain)).State!.Entries);
        }

        await StorageOf(Database).WriteStateAsync("ledger", Grain, state);
        Assert.Equal<string>(["two"], (await ReadAsync<Ledger>(Grain)).State!.Entries);
    }

    [Fact]
    public async Task Disk_Full_IsSaidAndWhatWasThereStays()
    {
        var state = await WriteAsync(Grain, new Ledger { Entries = ["one"] });
        // SQLite's own limit of pages gives the error that a full disk gives.
        await Database.WriteAsync((session, token) => session.ExecuteAsync("PRAGMA max_page_count = 8", [], token), CancellationToken.None);
        state.State = new Ledger { Entries = [new string('x', 1_000_000)] };

        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => StorageOf(Database).WriteStateAsync("ledger", Grain, state));

        Assert.Equal(StorageFailures.DiskFull, thrown.Reason);
        Assert.Equal<string>(["one"], (await ReadAsync<Ledger>(Grain)).State!.Entries);
        // The limit went with its connection, as if space had been freed.
        await StorageOf(Database).WriteStateAsync("ledger", Grain, state);
        Assert.Equal(1_000_000, (await ReadAsync<Ledger>(Grain)).State!.Entries.Single().Length);
    }

    [Theory]
    [InlineData("no database")]
    [InlineData("SQLite format 3\0")]
    public async Task File_Damaged_IsSaidAndNotOverwritten(string start)
    {
        var path = Path.Combine(_folder, "damaged.db");
        var content = start + new string('x', 8192);
        await System.IO.File.WriteAllTextAsync(path, content);
        await using var database = new SqliteDatabase(new SqliteStorageOptions { Path = path }, Instruments);

        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => StorageOf(database).PrepareAsync(CancellationToken.None));

        Assert.Equal(StorageFailures.Corrupt, thrown.Reason);
        Assert.Contains(path, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
        Assert.Equal(content, await System.IO.File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Folder_CannotBeMade_IsSaid()
    {
        var file = Path.Combine(_folder, "file");
        await System.IO.File.WriteAllTextAsync(file, "");
        await using var database = new SqliteDatabase(new SqliteStorageOptions { Path = Path.Combine(file, "coordinator.db") }, Instruments);

        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => StorageOf(database).PrepareAsync(CancellationToken.None));

        Assert.Equal(StorageFailures.Unreachable, thrown.Reason);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task Writes_WaitForTheDisk_AsTheOptionSays(bool survives, long synchronous)
    {
        await using var database = new SqliteDatabase(new SqliteStorageOptions { Path = File, SurvivesPowerLoss = survives }, Instruments);

        var settings = await database.WriteAsync(
            async (session, token) => (List<string>)
            [
                .. await session.QueryAsync("PRAGMA synchronous", [], static row => row.GetInt64(0).ToString(CultureInfo.InvariantCulture), token),
                .. await session.QueryAsync("PRAGMA journal_mode", [], static row => row.GetString(0), token),
            ],
            CancellationToken.None);

        Assert.Equal([synchronous.ToString(CultureInfo.InvariantCulture), "wal"], settings);
    }

    [Fact]
    public async Task Process_KilledWhileItWrites_LosesNothingAcknowledged()
    {
        var path = Path.Combine(_folder, "killed.db");
        for (var round = 1; round <= 3; round++)
        {
            var acknowledged = await WriterProcess.KillAfterAsync(path, writes: 40 * round);

            await using var database = new SqliteDatabase(new SqliteStorageOptions { Path = path }, Instruments);
            var state = new GrainState<Counter>();
            await StorageOf(database).ReadStateAsync("counter", WriterProcess.Grain, state);
            // One more may have been written and not yet said.
            Assert.InRange(state.State!.Value, acknowledged, acknowledged + 1);
        }
    }

    [Fact]
    public void Options_Wrong_AllProblemsAreSaid()
    {
        var thrown = Assert.Throws<CoordinationException>(() => new SqliteDatabase(new SqliteStorageOptions { Path = _folder, BusyTimeout = TimeSpan.Zero }, Instruments));

        Assert.Contains("is a folder", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("busyTimeout is 00:00:00", thrown.Message, StringComparison.Ordinal);
        var postgres = new PostgresStorageOptions { ConnectionString = "Password=secret;Nonsense=1", Connections = 0, Timeout = TimeSpan.Zero }.Problems();
        Assert.Equal(3, postgres.Count);
        Assert.All(postgres, static problem => Assert.DoesNotContain("secret", problem, StringComparison.Ordinal));
    }

    protected override Task CreateAsync() => Task.CompletedTask;

    protected override SqlDatabase Open() => new SqliteDatabase(new SqliteStorageOptions { Path = File, BusyTimeout = TimeSpan.FromSeconds(1) }, Instruments);

    protected override Task DeleteAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private static SqlGrainStorage StorageOf(SqlDatabase database) => new(database, TimeProvider.System);
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Tests.Storage;

/// <summary>What grain storage promises, whatever the database.</summary>
public abstract class StorageContract : IAsyncLifetime
{
    private static readonly GrainId Grain = GrainId.Create("experiment", "a/b'c\"d");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<StorageInstruments>().BuildServiceProvider();
    private SqlDatabase? _database;

    protected SqlDatabase Database => _database!;

    protected StorageInstruments Instruments => _services.GetRequiredService<StorageInstruments>();

    private SqlGrainStorage Storage => new(Database, TimeProvider.System);

    public async Task InitializeAsync()
    {
        await CreateAsync();
        _database = Open();
        await Storage.PrepareAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await Database.DisposeAsync();
        await _services.DisposeAsync();
        await DeleteAsync();
    }

    [Fact]
    public async Task Read_NothingStored_IsANewState()
    {
        var state = new GrainState<Ledger>(new Ledger { Entries = ["old"] }, "old") { RecordExists = true };

        await Storage.ReadStateAsync("ledger", Grain, state);

        Assert.Equal((null, false), (state.ETag, state.RecordExists));
        Assert.Empty(state.State!.Entries);
    }

    [Fact]
    public async Task Write_ThenRead_GivesTheSame()
    {
        var written = new GrainState<Ledger>(new Ledger
        {
            Entries = ["one", "zwei ✓", "it's \"three\""],
            Opened = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)),
            Day = DayOfWeek.Friday,
            Figures = { ["fid"] = 0.1 + 0.2, ["nan"] = double.NaN, ["inf"] = double.PositiveInfinity },
            Length = TimeSpan.FromTicks(123456789),
        });

        await Storage.WriteStateAsync("ledger", Grain, written);
        var read = await ReadAsync<Ledger>(Grain);

        Assert.True(written.RecordExists && read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal<string>(written.State!.Entries, read.State!.Entries);
        Assert.Equal((written.State.Opened, written.State.Day, written.State.Length), (read.State.Opened, read.State.Day, read.State.Length));
        Assert.Equal(written.State.Figures, read.State.Figures);
    }

    [Fact]
    public async Task Write_OldVersion_IsRefusedAndChangesNothing()
    {
        var first = await WriteAsync(Grain, new Ledger { Entries = ["one"] });
        var second = await ReadAsync<Ledger>(Grain);
        first.State = new Ledger { Entries = ["two"] };
        await Storage.WriteStateAsync("ledger", Grain, first);

        second.State = new Ledger { Entries = ["lost"] };
        var before = second.ETag;
        var thrown = await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("ledger", Grain, second));

        Assert.Equal((first.ETag, before), (thrown.StoredEtag, thrown.CurrentEtag));
        Assert.Equal(before, second.ETag);
        Assert.Equal<string>(["two"], (await ReadAsync<Ledger>(Grain)).State!.Entries);
    }

    [Fact]
    public async Task Write_FirstTimeTwice_SecondIsRefused()
    {
        await WriteAsync(Grain, new Ledger { Entries = ["one"] });

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(Grain, new Ledger { Entries = ["two"] }));

        Assert.Equal<string>(["one"], (await ReadAsync<Ledger>(Grain)).State!.Entries);
    }

    [Fact]
    public async Task Write_ManyAtOnceOfOneVersion_OneSucceeds()
    {
        await WriteAsync(Grain, new Ledger());
        var rivals = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ReadAsync<Ledger>(Grain)));

        var won = await Task.WhenAll(rivals.Select(async rival =>
        {
            try
            {
                await Storage.WriteStateAsync("ledger", Grain, rival);
                return true;
            }
            catch (InconsistentStateException)
            {
                return false;
            }
        }));

        Assert.Single(won, static one => one);
    }

    [Fact]
    public async Task Write_ManyGrainsAtOnce_AllAreKept()
    {
        GrainId[] grains = [.. Enumerable.Range(0, 100).Select(static key => GrainId.Create("worker", $"w{key}"))];

        await Task.WhenAll(grains.Select((grain, index) => WriteAsync(grain, new Ledger { Entries = [$"{index}"] })));

        var read = await Task.WhenAll(grains.Select(ReadAsync<Ledger>));
        Assert.Equal(Enumerable.Range(0, 100).Select(static index => $"{index}"), read.Select(static state => state.State!.Entries.Single()));
    }

    [Fact]
    public async Task Clear_ThenWriteByTheOldVersion_IsRefused()
    {
        var state = await WriteAsync(Grain, new Ledger { Entries = ["one"] });
        var old = await ReadAsync<Ledger>(Grain);

        await Storage.ClearStateAsync("ledger", Grain, state);
        Assert.Equal((null, false), (state.ETag, state.RecordExists));
        Assert.False((await ReadAsync<Ledger>(Grain)).RecordExists);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("ledger", Grain, old));

        // The same row again gets another version: the old one stays old.
        await Storage.WriteStateAsync("ledger", Grain, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("ledger", Grain, old));
        Assert.True((await ReadAsync<Ledger>(Grain)).RecordExists);
    }

    [Fact]
    public async Task Clear_NothingStored_Succeeds()
    {
        var state = new GrainState<Ledger>(new Ledger());

        await Storage.ClearStateAsync("ledger", Grain, state);

        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task Names_OfOneGrain_AreKeptApart()
    {
        await WriteAsync(Grain, new Ledger { Entries = ["one"] });
        var other = new GrainState<Ledger>(new Ledger { Entries = ["two"] });

        await Storage.WriteStateAsync("other", Grain, other);

        Assert.Equal<string>(["one"], (await ReadAsync<Ledger>(Grain)).State!.Entries);
    }

    [Fact]
    public async Task Read_StateOfAnOlderVersion_KeepsWhatBothKnow()
    {
        await WriteAsync(Grain, new Ledger { Entries = ["one"], Day = DayOfWeek.Monday });

        var later = (await ReadAsync<LaterLedger>(Grain)).State!;

        Assert.Equal<string>(["one"], later.Entries);
        Assert.Equal("nobody", later.Owner);
    }

    [Fact]
    public async Task Read_PayloadThatIsNoState_SaysWhichAndKeepsIt()
    {
        await WriteAsync(Grain, new Ledger());
        await Database.WriteAsync((session, token) => session.ExecuteAsync("UPDATE pgan_state SET payload = @bad", [("bad", "{\"entries\": 5}")], token), CancellationToken.None);

        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => ReadAsync<Ledger>(Grain));

        Assert.Equal(StorageFailures.Unreadable, thrown.Reason);
        Assert.Contains("experiment/a/b'c\"d", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("$.entries", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_BigState_IsKept()
    {
        string big = new('x', 5_000_000);

        await WriteAsync(Grain, new Ledger { Entries = [big] });

        Assert.Equal(big, (await ReadAsync<Ledger>(Grain)).State!.Entries.Single());
    }

    [Fact]
    public async Task Transaction_WorkThrows_NothingIsWritten()
    {
        await Assert.ThrowsAsync<FormatException>(() => Database.WriteAsync<int>(
            async (session, token) =>
            {
                await session.ExecuteAsync("INSERT INTO pgan_state (grain, name, etag, payload, updated_unix_ms) VALUES ('g/1', 'n', 'e', '{}', 0)", [], token);
                throw new FormatException("The work fails.");
            },
            CancellationToken.None));

        var rows = await Database.ReadAsync((session, token) => session.QueryAsync("SELECT COUNT(*) FROM pgan_state", [], static row => row.GetInt64(0), token), CancellationToken.None);
        Assert.Equal([0], rows);
    }

    [Fact]
    public async Task Prepare_ByManyAtOnceAndAgain_StepsRunOnce()
    {
        var first = new SqlSchema("feature", ["CREATE TABLE feature (a {bytes})"]);
        var second = first with { Steps = [.. first.Steps, "ALTER TABLE feature ADD COLUMN b TEXT"] };
        await using var other = Open();

        await Task.WhenAll(new[] { Database, other, Database, other }.Select(database => database.PrepareAsync(first, CancellationToken.None)));
        await Task.WhenAll(new[] { Database, other }.Select(database => database.PrepareAsync(second, CancellationToken.None)));

        await Database.WriteAsync((session, token) => session.ExecuteAsync("INSERT INTO feature (a, b) VALUES (@a, 'x')", [("a", new byte[] { 1, 2 })], token), CancellationToken.None);
        var bytes = await other.ReadAsync((session, token) => session.QueryAsync("SELECT a FROM feature", [], static row => (byte[])row.GetValue(0), token), CancellationToken.None);
        Assert.Equal([1, 2], Assert.Single(bytes));
    }

    [Fact]
    public async Task Prepare_TablesOfANewerVersion_IsRefused()
    {
        await Database.PrepareAsync(new SqlSchema("feature", ["CREATE TABLE feature (a TEXT)", "CREATE TABLE feature2 (a TEXT)"]), CancellationToken.None);

        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => Database.PrepareAsync(new SqlSchema("feature", ["CREATE TABLE feature (a TEXT)"]), CancellationToken.None));

        Assert.Equal(StorageFailures.NewerVersion, thrown.Reason);
        Assert.Contains("version 2", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_AreMeasured()
    {
        var seen = new List<string>();
        using var listener = new MeterListener();
        var factory = _services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, heard) =>
        {
            if (instrument.Name == "pgan.storage.operation.duration" && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                heard.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, seconds, tags, _) =>
        {
            Assert.Equal("s", instrument.Unit);
            Assert.InRange(seconds, 0, 60);
            seen.Add(string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}")));
        });
        listener.Start();

        var state = await WriteAsync(Grain, new Ledger());
        await ReadAsync<Ledger>(Grain);
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(Grain, new Ledger()));
        await Storage.ClearStateAsync("ledger", Grain, state);

        Assert.Equal(["operation=write", "operation=read", "operation=write error.type=conflict", "operation=clear"], seen);
    }

    protected abstract Task CreateAsync();

    protected abstract SqlDatabase Open();

    protected abstract Task DeleteAsync();

    protected async Task<GrainState<Ledger>> WriteAsync(GrainId grain, Ledger ledger)
    {
        var state = new GrainState<Ledger>(ledger);
        await Storage.WriteStateAsync("ledger", grain, state);
        return state;
    }

    protected async Task<GrainState<T>> ReadAsync<T>(GrainId grain)
    {
        var state = new GrainState<T>();
        await Storage.ReadStateAsync("ledger", grain, state);
        return state;
    }
}

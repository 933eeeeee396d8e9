using System.Net;
using Microsoft.Extensions.DependencyInjection;
using ProjectedGan.Coordinator.Clustering;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Coordinator.Tests.Storage;

namespace ProjectedGan.Coordinator.Tests.Clustering;

/// <summary>The list of silos in a database that several coordinators share.</summary>
[Collection(PostgresCollection.Name)]
public sealed class MembershipTableTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<StorageInstruments>().BuildServiceProvider();
    private readonly DatabaseClock _clock = new();
    private string _connection = "";
    private PostgresDatabase _database = null!;
    private SqlMembershipTable _table = null!;

    public async Task InitializeAsync()
    {
        _connection = await server.CreateDatabaseAsync();
        _database = Open();
        _table = new SqlMembershipTable(_database, _clock);
        await _table.InitializeMembershipTable(true);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Tables_AreMadeOnceByAllThatStartTogether()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var database = Open();
            await new SqlMembershipTable(database, new DatabaseClock()).InitializeMembershipTable(true);
        }));

        var read = await _table.ReadAll();
        Assert.Empty(read.Members);
        Assert.Equal(0, read.Version.Version);
    }

    [Fact]
    public async Task Entry_ComesBackAsItWas()
    {
        var entry = Entry(1, SiloStatus.Joining);
        entry.SuspectTimes = [Tuple.Create(Silo(2), Start.AddSeconds(7))];

        Assert.True(await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next()));

        var read = await _table.ReadRow(entry.SiloAddress);
        var found = Assert.Single(read.Members).Item1;
        Assert.Equal(1, read.Version.Version);
        Assert.Equal((entry.SiloAddress, entry.Status, entry.HostName, entry.SiloName, entry.RoleName), (found.SiloAddress, found.Status, found.HostName, found.SiloName, found.RoleName));
        AssertNear(entry.StartTime, found.StartTime);
        AssertNear(entry.IAmAliveTime, found.IAmAliveTime);
        var (voter, voted) = Assert.Single(found.SuspectTimes!);
        Assert.Equal(Silo(2), voter);
        AssertNear(Start.AddSeconds(7), voted);
        Assert.Empty((await _table.ReadRow(Silo(3))).Members);
        Assert.Equal(1, (await _table.ReadRow(Silo(3))).Version.Version);
    }

    [Fact]
    public async Task Change_ByAnOldVersion_ChangesNothing()
    {
        var first = (await _table.ReadAll()).Version;
        Assert.True(await _table.InsertRow(Entry(1, SiloStatus.Active), first.Next()));

        Assert.False(await _table.InsertRow(Entry(2, SiloStatus.Active), first.Next()), "The list was changed since.");
        var read = await _table.ReadAll();
        Assert.False(await _table.InsertRow(Entry(1, SiloStatus.Active), read.Version.Next()), "The silo is there.");
        Assert.False(await _table.UpdateRow(Entry(2, SiloStatus.Dead), read.Version.VersionEtag, read.Version.Next()), "There is no such silo.");
        Assert.False(await _table.UpdateRow(Entry(1, SiloStatus.Dead), first.VersionEtag, first.Next()), "The list was changed since.");

        read = await _table.ReadAll();
        Assert.Equal((1, SiloStatus.Active), (read.Version.Version, Assert.Single(read.Members).Item1.Status));
        Assert.True(await _table.UpdateRow(Entry(1, SiloStatus.Dead), read.Members[0].Item2, read.Version.Next()));
        Assert.Equal((2, SiloStatus.Dead), ((await _table.ReadAll()).Version.Version, (await _table.ReadAll()).Members[0].Item1.Status));
    }

    [Fact]
    public async Task Changes_ByManyAtOnce_AllCountOnce()
    {
        const int Silos = 8;
        await Task.WhenAll(Enumerable.Range(1, Silos).Select(async number =>
        {
            while (!await _table.InsertRow(Entry(number, SiloStatus.Active), (await _table.ReadAll()).Version.Next()))
            {
            }
        }));

        var read = await _table.ReadAll();
        Assert.Equal((Silos, Silos), (read.Version.Version, read.Members.Count));
    }

    [Fact]
    public async Task SignOfLife_IsTheDatabasesTime_AndNoOtherSiloTakesItBack()
    {
        var entry = Entry(1, SiloStatus.Active);
        await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next());
        var before = await _table.ReadAll();
        AssertNear(Start, before.Members[0].Item1.IAmAliveTime);

        // What the silo's own clock says does not matter.
        await _table.UpdateIAmAlive(Entry(1, SiloStatus.Active));
        Assert.True(await _table.UpdateRow(before.Members[0].Item1, before.Members[0].Item2, before.Version.Next()), "A sign of life is no change.");

        AssertNear(DateTime.UtcNow, (await _table.ReadAll()).Members[0].Item1.IAmAliveTime);
    }

    [Fact]
    public async Task Cleanup_TakesTheLongDeadAlone()
    {
        foreach ((var number, var status) in new[] { (1, SiloStatus.Dead), (2, SiloStatus.Active), (3, SiloStatus.Dead) })
        {
            await _table.InsertRow(Entry(number, status), (await _table.ReadAll()).Version.Next());
        }

        await _database.WriteAsync(
            (session, token) => session.ExecuteAsync("UPDATE pgan_members SET changed_unix_ms = 5 WHERE silo <> @silo", [("silo", Silo(3).ToParsableString())], token), CancellationToken.None);
        await _table.CleanupDefunctSiloEntries(DateTimeOffset.UtcNow.AddHours(-1));

        Assert.Equal([Silo(2), Silo(3)], (await _table.ReadAll()).Members.Select(member => member.Item1.SiloAddress).Order());
        await _table.DeleteMembershipTableEntries("any");
        Assert.Empty((await _table.ReadAll()).Members);
    }

    [Fact]
    public void Clock_GoesOnFromWhatTheDatabaseTold()
    {
        DatabaseClock clock = new();
        AssertNear(DateTime.UtcNow, clock.GetUtcNow().UtcDateTime);
        var now = clock.GetTimestamp();
        clock.Learn(new DateTimeOffset(Start), now - clock.TimestampFrequency, now + clock.TimestampFrequency);
        AssertNear(Start, clock.GetUtcNow().UtcDateTime);
    }

    private static void AssertNear(DateTime expected, DateTime found) => Assert.InRange(found, expected - TimeSpan.FromSeconds(10), expected + TimeSpan.FromSeconds(10));

    private static SiloAddress Silo(int number) => SiloAddress.New(IPAddress.Loopback, 1000 + number, number);

    private static MembershipEntry Entry(int number, SiloStatus status) => new()
    {
        SiloAddress = Silo(number),
        Status = status,
        HostName = $"host{number}",
        SiloName = $"silo{number}",
        RoleName = "pgan",
        StartTime = Start.AddMinutes(-1),
        IAmAliveTime = Start,
        SuspectTimes = [],
    };

    private PostgresDatabase Open() => new(new PostgresStorageOptions { ConnectionString = _connection }, _services.GetRequiredService<StorageInstruments>());
}

using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Clustering;

/// <summary>
/// Orleans' list of silos in the coordinators' database, a row each; one database is one cluster. Every change but a sign of life counts the
/// list's version up, in one transaction with the row. Rows keep the database's time, and Orleans is told this machine's, which it compares them
/// with: clocks that differ neither make a living silo look dead nor its peers' votes old.
/// </summary>
internal sealed class SqlMembershipTable(SqlDatabase database, DatabaseClock clock) : IMembershipTable
{
    private static readonly SqlSchema Schema = new(
        "members",
        [
            """
            CREATE TABLE pgan_members (silo TEXT NOT NULL PRIMARY KEY, status TEXT NOT NULL, alive_unix_ms BIGINT NOT NULL, changed_unix_ms BIGINT NOT NULL, content TEXT NOT NULL);
            CREATE TABLE pgan_members_version (version BIGINT NOT NULL);
            INSERT INTO pgan_members_version (version) VALUES (0)
            """,
        ]);

    private string Now => database.UnixMilliseconds;

    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await database.PrepareAsync(Schema, CancellationToken.None).ConfigureAwait(false);
        await ReadAll().ConfigureAwait(false);
    }

    public Task<MembershipTableData> ReadAll() => ReadAsync("");

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadAsync(key.ToParsableString());

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => ChangeAsync(
        entry,
        tableVersion,
        "NOT EXISTS",
        $"INSERT INTO pgan_members (silo, status, alive_unix_ms, changed_unix_ms, content) VALUES (@silo, @status, @alive, {Now}, @content)");

    // The version of the list guards its rows: a row has no version of its own.
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => ChangeAsync(
        entry,
        tableVersion,
        "EXISTS",
        // Who writes about another silo may have read before its newest sign of life.
        $"""
        UPDATE pgan_members SET status = @status, content = @content, changed_unix_ms = {Now},
            alive_unix_ms = CASE WHEN alive_unix_ms < @alive THEN @alive ELSE alive_unix_ms END WHERE silo = @silo
        """);

    public Task UpdateIAmAlive(MembershipEntry entry) => database.WriteAsync(
        (session, token) => session.ExecuteAsync(
            $"UPDATE pgan_members SET alive_unix_ms = {Now}, changed_unix_ms = {Now} WHERE silo = @silo", [("silo", entry.SiloAddress.ToParsableString())], token),
        CancellationToken.None);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => database.WriteAsync(
        (session, token) => session.ExecuteAsync(
            "DELETE FROM pgan_members WHERE status = @dead AND changed_unix_ms < @before",
            [("dead", nameof(SiloStatus.Dead)), ("before", (beforeDate + Ahead()).ToUnixTimeMilliseconds())],
            token),
        CancellationToken.None);

    public Task DeleteMembershipTableEntries(string clusterId) => database.WriteAsync(
        static (session, token) => session.ExecuteAsync("DELETE FROM pgan_members", [], token), CancellationToken.None);

    // By how much the database's time is ahead of the one that Orleans reads here.
    private TimeSpan Ahead() => clock.GetUtcNow() - DateTimeOffset.UtcNow;

    private async Task<MembershipTableData> ReadAsync(string silo)
    {
        // One statement sees one moment: the version and the rows that belong to it.
        var asked = clock.GetTimestamp();
        var rows = await database.ReadAsync(
            (session, token) => session.QueryAsync(
                $"SELECT {Now}, v.version, m.silo, m.status, m.alive_unix_ms, m.content FROM pgan_members_version v LEFT JOIN pgan_members m ON @silo = '' OR m.silo = @silo",
                [("silo", silo)],
                Row.Read,
                token),
            CancellationToken.None).ConfigureAwait(false);
        clock.Learn(DateTimeOffset.FromUnixTimeMilliseconds(rows[0].Now), asked, clock.GetTimestamp());
        var ahead = Ahead();
        var version = rows[0].Version.ToString(CultureInfo.InvariantCulture);
        return new MembershipTableData([.. rows.Where(row => row.Silo.Length > 0).Select(row => Tuple.Create(row.Entry(ahead), version))], new TableVersion((int)rows[0].Version, version));
    }

    private Task<bool> ChangeAsync(MembershipEntry entry, TableVersion version, string condition, string change)
    {
        var ahead = Ahead();
        var silo = entry.SiloAddress.ToParsableString();
        (string, object?)[] values =
        [
            ("silo", silo), ("status", entry.Status.ToString()), ("alive", (Utc(entry.IAmAliveTime) + ahead).ToUnixTimeMilliseconds()), ("content", JsonSerializer.Serialize(Store(entry, ahead))),
        ];
        return database.WriteAsync(
            async (session, token) => await session.ExecuteAsync(
                    $"UPDATE pgan_members_version SET version = @next WHERE version = @known AND {condition} (SELECT 1 FROM pgan_members WHERE silo = @silo)",
                    [("next", (long)version.Version), ("known", long.Parse(version.VersionEtag, CultureInfo.InvariantCulture)), ("silo", silo)],
                    token).ConfigureAwait(false) == 1
                && await session.ExecuteAsync(change, values, token).ConfigureAwait(false) == 1,
            CancellationToken.None);
    }

    private static StoredMember Store(MembershipEntry entry, TimeSpan ahead) => new()
    {
        HostName = entry.HostName ?? "",
        SiloName = entry.SiloName ?? "",
        RoleName = entry.RoleName ?? "",
        ProxyPort = entry.ProxyPort,
        UpdateZone = entry.UpdateZone,
        FaultZone = entry.FaultZone,
        Started = Utc(entry.StartTime) + ahead,
        Votes = [.. (entry.SuspectTimes ?? []).Select(vote => new StoredMember.Vote(vote.Item1.ToParsableString(), Utc(vote.Item2) + ahead))],
    };

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private sealed record Row(long Now, long Version, string Silo, string Status, long Alive, string Content)
    {
        public static Row Read(DbDataReader row) => row.IsDBNull(2)
            ? new(row.GetInt64(0), row.GetInt64(1), "", "", 0, "")
            : new(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetString(5));

        public MembershipEntry Entry(TimeSpan ahead)
        {
            var stored = JsonSerializer.Deserialize<StoredMember>(Content)!;
            return new MembershipEntry
            {
                SiloAddress = SiloAddress.FromParsableString(Silo),
                Status = Enum.Parse<SiloStatus>(Status),
                HostName = stored.HostName,
                SiloName = stored.SiloName,
                RoleName = stored.RoleName,
                ProxyPort = stored.ProxyPort,
                UpdateZone = stored.UpdateZone,
                FaultZone = stored.FaultZone,
                StartTime = (stored.Started - ahead).UtcDateTime,
                IAmAliveTime = (DateTimeOffset.FromUnixTimeMilliseconds(Alive) - ahead).UtcDateTime,
                SuspectTimes = [.. stored.Votes.Select(vote => Tuple.Create(SiloAddress.FromParsableString(vote.Silo), (vote.Time - ahead).UtcDateTime))],
            };
        }
    }
}

/// <summary>What a row keeps of a silo beside its address, status and last sign of life. Times are the database's.</summary>
internal sealed record StoredMember
{
    public string HostName { get; init; } = "";

    public string SiloName { get; init; } = "";

    public string RoleName { get; init; } = "";

    public int ProxyPort { get; init; }

    public int UpdateZone { get; init; }

    public int FaultZone { get; init; }

    public DateTimeOffset Started { get; init; }

    public ImmutableArray<Vote> Votes { get; init; } = [];

    /// <summary>A silo's word that this one is dead.</summary>
    internal sealed record Vote(string Silo, DateTimeOffset Time);
}

using System.Data.Common;

namespace ProjectedGan.Coordination.Storage;

/// <summary>Reminders in the coordinator's database, a row each.</summary>
public sealed class SqlReminderTable : IReminderTable
{
    private const string Columns = "SELECT grain, name, start_at_ticks, period_ticks, etag FROM pgan_reminder";

    private readonly SqlDatabase _database;

    public SqlReminderTable(SqlDatabase database) => _database = database;

    internal static SqlSchema Schema { get; } = new(
        "reminder",
        [
            """
            CREATE TABLE pgan_reminder (grain TEXT NOT NULL, name TEXT NOT NULL, grain_hash BIGINT NOT NULL, start_at_ticks BIGINT NOT NULL,
                period_ticks BIGINT NOT NULL, etag TEXT NOT NULL, PRIMARY KEY (grain, name));
            CREATE INDEX pgan_reminder_by_hash ON pgan_reminder (grain_hash)
            """,
        ]);

    public Task StartAsync(CancellationToken cancellationToken = default) => _database.PrepareAsync(Schema, cancellationToken);

    public async Task<ReminderTableData> ReadRows(GrainId grainId)
        => new(await QueryAsync("WHERE grain = @grain", [("grain", grainId.ToString())]).ConfigureAwait(false));

    public async Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        string range = begin < end ? "grain_hash > @begin AND grain_hash <= @end" : "(grain_hash > @begin OR grain_hash <= @end)";
        return new(await QueryAsync($"WHERE {range}", [("begin", (long)begin), ("end", (long)end)]).ConfigureAwait(false));
    }

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
        => (await QueryAsync("WHERE grain = @grain AND name = @name", [("grain", grainId.ToString()), ("name", reminderName)]).ConfigureAwait(false)).SingleOrDefault();

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        string etag = Guid.CreateVersion7().ToString("N");
        const string Sql = """
            INSERT INTO pgan_reminder (grain, name, grain_hash, start_at_ticks, period_ticks, etag) VALUES (@grain, @name, @hash, @start, @period, @etag)
            ON CONFLICT (grain, name) DO UPDATE SET start_at_ticks = excluded.start_at_ticks, period_ticks = excluded.period_ticks, etag = excluded.etag
            """;
        (string, object?)[] values =
        [
            ("grain", entry.GrainId.ToString()), ("name", entry.ReminderName), ("hash", (long)entry.GrainId.GetUniformHashCode()),
            ("start", entry.StartAt.Ticks), ("period", entry.Period.Ticks), ("etag", etag),
        ];
        await _database.WriteAsync((session, token) => session.ExecuteAsync(Sql, values, token), CancellationToken.None).ConfigureAwait(false);
        return etag;
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        (string, object?)[] values = [("grain", grainId.ToString()), ("name", reminderName), ("etag", eTag)];
        return await _database.RunAsync(
            StorageOperation.Clear,
            (session, token) => session.ExecuteAsync("DELETE FROM pgan_reminder WHERE grain = @grain AND name = @name AND etag = @etag", values, token),
            CancellationToken.None).ConfigureAwait(false) > 0;
    }

    public Task TestOnlyClearTable()
        => _database.RunAsync(StorageOperation.Clear, static (session, token) => session.ExecuteAsync("DELETE FROM pgan_reminder", [], token), CancellationToken.None);

    private Task<List<ReminderEntry>> QueryAsync(string condition, (string, object?)[] values)
        => _database.ReadAsync((session, token) => session.QueryAsync($"{Columns} {condition} ORDER BY grain, name", values, Entry, token), CancellationToken.None);

    private static ReminderEntry Entry(DbDataReader row) => new()
    {
        GrainId = GrainId.Parse(row.GetString(0)),
        ReminderName = row.GetString(1),
        StartAt = new DateTime(row.GetInt64(2), DateTimeKind.Utc),
        Period = TimeSpan.FromTicks(row.GetInt64(3)),
        ETag = row.GetString(4),
    };
}

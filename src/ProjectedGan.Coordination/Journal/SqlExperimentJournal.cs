using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProjectedGan.Coordination.Journal;

/// <summary>The journal as a table. Readers of the same process hear of new events at once; those of others look again after a while.</summary>
internal sealed class SqlExperimentJournal(CoordinationDatabase database, CoordinationOptions options, TimeProvider time) : IExperimentJournal
{
    // Old events are dropped in batches, since that costs more than an append.
    private const int DropEvery = 64;

    // How long a reader waits for an event that another process may have appended.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private static readonly JsonSerializerOptions Format = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Converters = { new JsonStringEnumConverter() }, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    public async Task<long> AppendAsync(string experiment, ImmutableArray<ExperimentEvent> events, CancellationToken cancellationToken)
    {
        long last = 0;
        await database.WriteAsync(
            async (connection, transaction) =>
            {
                last = await LastAsync(connection, transaction, experiment, cancellationToken).ConfigureAwait(false);
                long first = last;
                foreach (ExperimentEvent happened in events)
                {
                    last++;
                    await using DbCommand insert = CoordinationDatabase.Command(
                        connection,
                        transaction,
                        "INSERT INTO pgan_events (experiment, sequence, progress, content) VALUES (@experiment, @sequence, @progress, @content)",
                        ("@experiment", experiment),
                        ("@sequence", last),
                        ("@progress", (short)(happened.Progress is null ? 0 : 1)),
                        ("@content", JsonSerializer.Serialize(happened with { Sequence = last }, Format)));
                    await insert.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }

                if (first / DropEvery != last / DropEvery)
                {
                    await DropAsync(connection, transaction, experiment, 1, options.ProgressEventsKept, cancellationToken).ConfigureAwait(false);
                    await DropAsync(connection, transaction, experiment, 0, options.EventsKept, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
        if (_waiting.TryRemove(experiment, out TaskCompletionSource? waiting))
        {
            waiting.TrySetResult();
        }

        return last;
    }

    public Task<ImmutableArray<ExperimentEvent>> ReadAsync(string experiment, long after, int limit, CancellationToken cancellationToken)
        => database.ReadAsync(
            async connection =>
            {
                ImmutableArray<ExperimentEvent>.Builder events = ImmutableArray.CreateBuilder<ExperimentEvent>();
                await using DbCommand select = CoordinationDatabase.Command(
                    connection,
                    null,
                    "SELECT content FROM pgan_events WHERE experiment = @experiment AND sequence > @after ORDER BY sequence LIMIT @limit",
                    ("@experiment", experiment),
                    ("@after", after),
                    ("@limit", limit));
                await using DbDataReader reader = await select.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    events.Add(JsonSerializer.Deserialize<ExperimentEvent>(reader.GetString(0), Format)!);
                }

                return events.ToImmutable();
            },
            cancellationToken);

    public Task<long> LastAsync(string experiment, CancellationToken cancellationToken)
        => database.ReadAsync(connection => LastAsync(connection, null, experiment, cancellationToken), cancellationToken);

    public async Task WaitAsync(string experiment, long after, CancellationToken cancellationToken)
    {
        // The watch begins before the look, so that nothing falls between them.
        Task next = _waiting.GetOrAdd(experiment, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        if (await LastAsync(experiment, cancellationToken).ConfigureAwait(false) > after)
        {
            return;
        }

        try
        {
            await next.WaitAsync(options.LongPoll < LookAgain ? options.LongPoll : LookAgain, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The reader looks again.
        }
    }

    private static async Task<long> LastAsync(DbConnection connection, DbTransaction? transaction, string experiment, CancellationToken cancellationToken)
    {
        await using DbCommand select = CoordinationDatabase.Command(
            connection, transaction, "SELECT COALESCE(MAX(sequence), 0) FROM pgan_events WHERE experiment = @experiment", ("@experiment", experiment));
        return Convert.ToInt64(await select.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false));
    }

    // The newest event stays whatever its kind, so that numbers go on growing.
    private static async Task DropAsync(DbConnection connection, DbTransaction transaction, string experiment, short progress, int kept, CancellationToken cancellationToken)
    {
        await using DbCommand delete = CoordinationDatabase.Command(
            connection,
            transaction,
            """
            DELETE FROM pgan_events WHERE experiment = @experiment AND progress = @progress AND sequence <=
              (SELECT sequence FROM pgan_events WHERE experiment = @experiment AND progress = @progress ORDER BY sequence DESC LIMIT 1 OFFSET @kept)
            """,
            ("@experiment", experiment),
            ("@progress", progress),
            ("@kept", kept));
        await delete.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}

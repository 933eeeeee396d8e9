using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Journal;

/// <summary>The journal as a table. Readers of the same process hear of new events at once; those of others look again after a while.</summary>
internal sealed class SqlExperimentJournal(SqlDatabase database, CoordinationOptions options, TimeProvider time) : IExperimentJournal, ILifecycleParticipant<ISiloLifecycle>
{
    // Old events are dropped in batches, since that costs more than an append.
    private const int DropEvery = 64;

    // How long a reader waits for an event that another process may have appended.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private static readonly SqlSchema Schema = new(
        "journal",
        ["CREATE TABLE pgan_events (experiment TEXT NOT NULL, sequence BIGINT NOT NULL, progress BIGINT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (experiment, sequence))"]);

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe<SqlExperimentJournal>(SqlDatabase.PrepareStage, token => database.PrepareAsync(Schema, token));

    public async Task<long> AppendAsync(string experiment, ImmutableArray<ExperimentEvent> events, CancellationToken cancellationToken)
    {
        var last = await database.WriteAsync((session, token) => AppendAsync(session, experiment, events, token), cancellationToken).ConfigureAwait(false);
        if (_waiting.TryRemove(experiment, out var waiting))
        {
            waiting.TrySetResult();
        }

        return last;
    }

    public async Task<ImmutableArray<ExperimentEvent>> ReadAsync(string experiment, long after, int limit, CancellationToken cancellationToken)
        => [.. await database.ReadAsync(
            (session, token) => session.QueryAsync(
                "SELECT sequence, content FROM pgan_events WHERE experiment = @experiment AND sequence > @after ORDER BY sequence LIMIT @limit",
                [("experiment", experiment), ("after", after), ("limit", (long)limit)],
                static row => Read(row.GetInt64(0), row.GetString(1)),
                token),
            cancellationToken).ConfigureAwait(false)];

    public Task<long> LastAsync(string experiment, CancellationToken cancellationToken)
        => database.ReadAsync((session, token) => LastAsync(session, experiment, token), cancellationToken);

    public async Task WaitAsync(string experiment, long after, CancellationToken cancellationToken)
    {
        // The watch begins before the look, so that nothing falls between them.
        var next = _waiting.GetOrAdd(experiment, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
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

    // The others can be read all the same.
    private static ExperimentEvent Read(long sequence, string content)
    {
        try
        {
            return JsonSerializer.Deserialize<ExperimentEvent>(content, Format) ?? throw new JsonException("The event is null.");
        }
        catch (JsonException error)
        {
            return new ExperimentEvent { Sequence = sequence, Time = DateTimeOffset.UnixEpoch, Text = $"This event cannot be read: {error.Message}" };
        }
    }

    private async Task<long> AppendAsync(SqlSession session, string experiment, ImmutableArray<ExperimentEvent> events, CancellationToken cancellationToken)
    {
        var before = await LastAsync(session, experiment, cancellationToken).ConfigureAwait(false);
        var last = before;
        foreach (var happened in events)
        {
            last++;
            await session.ExecuteAsync(
                "INSERT INTO pgan_events (experiment, sequence, progress, content) VALUES (@experiment, @sequence, @progress, @content)",
                [("experiment", experiment), ("sequence", last), ("progress", happened.Progress is null ? 0L : 1L), ("content", JsonSerializer.Serialize(happened with { Sequence = last }, Format))],
                cancellationToken).ConfigureAwait(false);
        }

        if (before / DropEvery != last / DropEvery)
        {
            await ThinAsync(session, experiment, options.ProgressEventsKept / 2, cancellationToken).ConfigureAwait(false);
            await DropAsync(session, experiment, options.EventsKept, cancellationToken).ConfigureAwait(false);
        }

        return last;
    }

    private static async Task<long> LastAsync(SqlSession session, string experiment, CancellationToken cancellationToken)
        => (await session.QueryAsync(
            "SELECT COALESCE(MAX(sequence), 0) FROM pgan_events WHERE experiment = @experiment", [("experiment", experiment)], static row => row.GetInt64(0), cancellationToken).ConfigureAwait(false))[0];

    private static Task<int> DropAsync(SqlSession session, string experiment, long kept, CancellationToken cancellationToken)
        => session.ExecuteAsync(
            """
            DELETE FROM pgan_events WHERE experiment = @experiment AND progress = 0 AND sequence <=
              (SELECT sequence FROM pgan_events WHERE experiment = @experiment AND progress = 0 ORDER BY sequence DESC LIMIT 1 OFFSET @kept)
            """,
            [("experiment", experiment), ("kept", kept)],
            cancellationToken);

    // The newest statistics stay as they are; of the others one of each of as many stretches stays, so that a curve shows the whole run.
    private static async Task ThinAsync(SqlSession session, string experiment, long half, CancellationToken cancellationToken)
    {
        var edges = await session.QueryAsync(
            "SELECT sequence FROM pgan_events WHERE experiment = @experiment AND progress = 1 ORDER BY sequence DESC LIMIT 1 OFFSET @half",
            [("experiment", experiment), ("half", half)],
            static row => row.GetInt64(0),
            cancellationToken).ConfigureAwait(false);
        if (edges is [var edge])
        {
            await session.ExecuteAsync(
                """
                DELETE FROM pgan_events WHERE experiment = @experiment AND progress = 1 AND sequence <= @edge AND sequence NOT IN
                  (SELECT MIN(sequence) FROM pgan_events WHERE experiment = @experiment AND progress = 1 AND sequence <= @edge GROUP BY sequence * @half / (@edge + 1))
                """,
                [("experiment", experiment), ("edge", edge), ("half", half)],
                cancellationToken).ConfigureAwait(false);
        }
    }
}

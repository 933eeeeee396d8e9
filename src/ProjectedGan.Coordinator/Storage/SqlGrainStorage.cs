using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace ProjectedGan.Coordinator.Storage;

/// <summary>
/// Grain states in the coordinator's database, a row each. The version is in the statement's WHERE clause: a write by an old version
/// changes nothing and throws <see cref="InconsistentStateException"/>. Versions are never used twice, cleared or not.
/// </summary>
public sealed class SqlGrainStorage : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    private const string Row = "WHERE grain = @grain AND name = @name";

    private readonly SqlDatabase _database;
    private readonly TimeProvider _time;

    public SqlGrainStorage(SqlDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    internal static SqlSchema Schema { get; } = new(
        "state",
        ["CREATE TABLE pgan_state (grain TEXT NOT NULL, name TEXT NOT NULL, etag TEXT NOT NULL, payload TEXT NOT NULL, updated_unix_ms BIGINT NOT NULL, PRIMARY KEY (grain, name))"]);

    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe<SqlGrainStorage>(SqlDatabase.PrepareStage, PrepareAsync);

    /// <summary>Makes the table. The silo does it when it starts.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => _database.PrepareAsync(Schema, cancellationToken);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        List<(string ETag, string Payload)> rows = await _database.ReadAsync(
            (session, token) => session.QueryAsync($"SELECT etag, payload FROM pgan_state {Row}", Key(stateName, grainId), static row => (row.GetString(0), row.GetString(1)), token),
            cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            Empty(grainState);
            return;
        }

        grainState.State = Parse<T>(stateName, grainId, rows[0].Payload);
        grainState.ETag = rows[0].ETag;
        grainState.RecordExists = true;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var etag = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N");
        (string, object?)[] values =
        [
            .. Key(stateName, grainId), ("etag", etag), ("payload", StatePayload.Write(grainState.State)), ("updated", _time.GetUtcNow().ToUnixTimeMilliseconds()),
            .. Expected(grainState.ETag),
        ];
        var sql = grainState.ETag is null
            ? "INSERT INTO pgan_state (grain, name, etag, payload, updated_unix_ms) VALUES (@grain, @name, @etag, @payload, @updated) ON CONFLICT DO NOTHING"
            : $"UPDATE pgan_state SET etag = @etag, payload = @payload, updated_unix_ms = @updated {Row} AND etag = @expected";
        await ChangeAsync(StorageOperation.Write, sql, values, stateName, grainId, grainState.ETag, cancellationToken).ConfigureAwait(false);
        grainState.ETag = etag;
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            StorageOperation.Clear, $"DELETE FROM pgan_state {Row} AND etag = @expected", [.. Key(stateName, grainId), ("expected", grainState.ETag ?? "")],
            stateName, grainId, grainState.ETag, cancellationToken).ConfigureAwait(false);
        Empty(grainState);
    }

    private static (string Name, object? Value)[] Key(string stateName, GrainId grainId) => [("grain", grainId.ToString()), ("name", stateName)];

    private static (string Name, object? Value)[] Expected(string? etag) => etag is null ? [] : [("expected", etag)];

    private static void Empty<T>(IGrainState<T> grainState)
    {
        grainState.State = StatePayload.New<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private Task<bool> ChangeAsync(
        StorageOperation operation, string sql, (string, object?)[] values, string stateName, GrainId grainId, string? expected, CancellationToken cancellationToken)
        => _database.RunAsync(
            operation,
            async (session, token) =>
            {
                if (await session.ExecuteAsync(sql, values, token).ConfigureAwait(false) == 0)
                {
                    var stored = await session.QueryAsync($"SELECT etag FROM pgan_state {Row}", Key(stateName, grainId), static row => row.GetString(0), token).ConfigureAwait(false);
                    var found = stored.Count == 0 ? null : stored[0];
                    // To clear what is not there is no conflict.
                    if (operation != StorageOperation.Clear || found != expected)
                    {
                        throw new InconsistentStateException($"State \"{stateName}\" of grain {grainId} in {_database.Description} was changed since it was read.", found, expected);
                    }
                }

                return true;
            },
            cancellationToken);

    private T Parse<T>(string stateName, GrainId grainId, string payload)
    {
        try
        {
            return StatePayload.Read<T>(payload);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            var where = exception is JsonException { Path: { } path } ? $" at {path}" : "";
            var message = $"State \"{stateName}\" of grain {grainId} in {_database.Description} is no {typeof(T).Name}{where}. Was it written by another version of pgan?";
            if (StatePayload.New<T>() is not IUnreadableState empty)
            {
                throw new GrainStorageException(message, StorageFailures.Unreadable, exception);
            }

            empty.Unreadable = message;
            return (T)empty;
        }
    }
}

/// <summary>
/// States as JSON text. Members that a state's type no longer has are ignored, and members that it has gained keep their defaults,
/// so that a coordinator reads what an older or newer one wrote.
/// </summary>
internal static class StatePayload
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    // What has a null where its type allows none would fail its grain later, at any place.
    private static readonly JsonSerializerOptions Reading = new(Options) { RespectNullableAnnotations = true };

    public static string Write<T>(T state) => JsonSerializer.Serialize(state, Options);

    /// <exception cref="JsonException">The text is no state of that type.</exception>
    public static T Read<T>(string payload) => JsonSerializer.Deserialize<T>(payload, Reading) ?? throw new JsonException("The state is null.");

    /// <summary>The state of a grain that has none yet.</summary>
    public static T New<T>()
        => typeof(T).IsValueType || typeof(T).GetConstructor([]) is not null ? Activator.CreateInstance<T>() : (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
}

/// <summary>
/// A state whose grain lives on where what is stored of it cannot be read: it gets an empty state that says so, which it must not write. A grain
/// with any other state cannot be activated then, and every call of it fails.
/// </summary>
internal interface IUnreadableState
{
    /// <summary>Why the stored state cannot be read, in one line; empty in the ordinary case. Never stored.</summary>
    string Unreadable { get; set; }
}

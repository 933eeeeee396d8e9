using System.Data.Common;
using Orleans.Storage;

namespace ProjectedGan.Coordinator.Storage;

/// <summary>
/// The coordinator's database: grain states, the list of members and the journal share it. The two kinds differ in how connections are had and
/// how failures are told; all SQL is common. Safe for all threads.
/// </summary>
public abstract class SqlDatabase : IAsyncDisposable
{
    private const string VersionTable = "CREATE TABLE IF NOT EXISTS pgan_schema (name TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL)";

    /// <summary>
    /// The silo makes the tables before it begins anything: Orleans does not stop one whose start failed, and of one that had its grain directory
    /// by then a loop is left that turns without a pause.
    /// </summary>
    internal const int PrepareStage = ServiceLifecycleStage.First;

    private readonly StorageInstruments _instruments;

    internal SqlDatabase(StorageInstruments instruments) => _instruments = instruments;

    /// <summary>The database as messages name it, without secrets.</summary>
    public abstract string Description { get; }

    /// <summary>The type of binary columns.</summary>
    protected internal abstract string BytesType { get; }

    /// <summary>An expression: the database's time in milliseconds since 1970.</summary>
    protected internal abstract string UnixMilliseconds { get; }

    /// <summary>How long a statement may take.</summary>
    protected internal abstract TimeSpan Timeout { get; }

    /// <summary>Makes a feature's tables, or brings them to the newest version, in one transaction.</summary>
    /// <exception cref="GrainStorageException">It failed, or a newer version of this program has changed the tables.</exception>
    public Task PrepareAsync(SqlSchema schema, CancellationToken cancellationToken)
        => WriteAsync(
            async (session, token) =>
            {
                await ExcludeOthersAsync(session, token).ConfigureAwait(false);
                await session.ExecuteAsync(VersionTable, [], token).ConfigureAwait(false);
                await MigrateAsync(session, schema, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>Runs queries.</summary>
    /// <exception cref="GrainStorageException">The database failed.</exception>
    public Task<T> ReadAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        => RunAsync(StorageOperation.Read, work, cancellationToken);

    /// <summary>Runs statements in one transaction: all of them count when this returns, none when it throws.</summary>
    /// <exception cref="GrainStorageException">The database failed.</exception>
    public Task<T> WriteAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        => RunAsync(StorageOperation.Write, work, cancellationToken);

    public abstract ValueTask DisposeAsync();

    internal async Task<T> RunAsync<T>(StorageOperation operation, Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var measurement = _instruments.Start(operation);
        try
        {
            return operation == StorageOperation.Read
                ? await QueryAsync(work, cancellationToken).ConfigureAwait(false)
                : await TransactAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            var failure = Explain(exception);
            measurement.Failed(failure.Reason);
            throw failure;
        }
        catch (Exception exception)
        {
            measurement.Failed(exception switch
            {
                GrainStorageException known => known.Reason,
                InconsistentStateException => StorageFailures.Conflict,
                OperationCanceledException => StorageFailures.Cancelled,
                _ => StorageFailures.Other,
            });
            throw;
        }
    }

    /// <summary>Runs queries on a connection of their own.</summary>
    protected abstract Task<T> QueryAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs statements in a transaction and commits it.</summary>
    protected abstract Task<T> TransactAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Keeps other processes from preparing tables until the transaction ends.</summary>
    protected abstract Task ExcludeOthersAsync(SqlSession session, CancellationToken cancellationToken);

    /// <summary>One line that says what failed and what to do.</summary>
    protected abstract GrainStorageException Explain(Exception exception);

    private async Task MigrateAsync(SqlSession session, SqlSchema schema, CancellationToken cancellationToken)
    {
        var versions = await session.QueryAsync("SELECT version FROM pgan_schema WHERE name = @name", [("name", schema.Name)], static row => row.GetInt64(0), cancellationToken).ConfigureAwait(false);
        var known = schema.Steps.Count;
        var version = versions.Count == 0 ? 0 : versions[0];
        if (version > known)
        {
            var message = $"{Description}: its {schema.Name} tables are of version {version}, written by a newer pgan; this one knows version {known}. Use the newer pgan, or another database.";
            throw new GrainStorageException(message, StorageFailures.NewerVersion, new InvalidDataException(message));
        }

        for (var step = (int)version; step < known; step++)
        {
            await session.ExecuteAsync(schema.Steps[step].Replace("{bytes}", BytesType, StringComparison.Ordinal), [], cancellationToken).ConfigureAwait(false);
        }

        if (version < known)
        {
            await session.ExecuteAsync(
                "INSERT INTO pgan_schema (name, version) VALUES (@name, @version) ON CONFLICT (name) DO UPDATE SET version = excluded.version",
                [("name", schema.Name), ("version", (long)known)],
                cancellationToken).ConfigureAwait(false);
        }
    }

    private protected static string FirstLine(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        return (end < 0 ? text : text[..end]).Trim().TrimEnd('.');
    }
}

/// <summary>
/// The tables of one feature, as the steps that made them: step n brings version n-1 to version n. Steps are only ever added. A
/// database remembers the version of each feature by <paramref name="Name"/>.
/// </summary>
/// <param name="Name">One word.</param>
/// <param name="Steps">SQL for each version; {bytes} stands for the dialect's type of binary data.</param>
public sealed record SqlSchema(string Name, IReadOnlyList<string> Steps);

/// <summary>
/// Statements on one connection, in SQL that both databases take: parameters are written @name, and the texts of
/// <see cref="SqlDatabase"/>'s dialect fill the few gaps.
/// </summary>
public sealed class SqlSession
{
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;
    private readonly int _timeoutSeconds;

    internal SqlSession(DbConnection connection, DbTransaction? transaction, TimeSpan timeout)
    {
        _connection = connection;
        _transaction = transaction;
        _timeoutSeconds = Math.Max(1, (int)Math.Ceiling(timeout.TotalSeconds));
    }

    /// <returns>The number of rows that changed.</returns>
    public async Task<int> ExecuteAsync(string sql, (string Name, object? Value)[] parameters, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads all rows of a query.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> row, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    private DbCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = _timeoutSeconds;
        command.Transaction = _transaction;
        foreach ((var name, var value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}

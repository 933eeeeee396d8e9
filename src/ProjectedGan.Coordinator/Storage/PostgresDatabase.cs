using System.Net.Sockets;
using Npgsql;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Storage;

/// <summary>
/// A PostgreSQL database behind a pool of connections. An operation that finds its pooled connection dead is tried once more on a
/// new one: a write that had come through after all then meets its own version as a conflict, which is safe.
/// </summary>
public sealed class PostgresDatabase : SqlDatabase
{
    // Any number that no other program of the database uses for its own locks: "pgan" in ASCII.
    private const long MigrationLock = 0x7067616E;

    private readonly PostgresStorageOptions _options;
    private readonly NpgsqlDataSource _source;

    /// <exception cref="CoordinationException">The options are not usable.</exception>
    public PostgresDatabase(PostgresStorageOptions options, StorageInstruments instruments)
        : base(instruments)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new CoordinationException(string.Join(' ', problems));
        }

        _options = options;
        int seconds = (int)Math.Ceiling(options.Timeout.TotalSeconds);
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString) { MaxPoolSize = options.Connections, Timeout = seconds, CommandTimeout = seconds };
        connection.ApplicationName ??= "pgan";
        Description = $"PostgreSQL database {connection.Database ?? connection.Username} on {connection.Host}";
        _source = NpgsqlDataSource.Create(connection);
    }

    public override string Description { get; }

    protected internal override string BytesType => "BYTEA";

    protected internal override string UnixMilliseconds => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

    protected internal override TimeSpan Timeout => _options.Timeout;

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override Task<T> QueryAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        => RetryAsync(
            async () =>
            {
                await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                return await work(new SqlSession(connection, null, Timeout), cancellationToken).ConfigureAwait(false);
            });

    protected override Task<T> TransactAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        => RetryAsync(
            async () =>
            {
                await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                T result = await work(new SqlSession(connection, transaction, Timeout), cancellationToken).ConfigureAwait(false);
                // A commit under way is not cancelled: its outcome would not be known.
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return result;
            });

    protected override Task ExcludeOthersAsync(SqlSession session, CancellationToken cancellationToken)
        => session.ExecuteAsync("SELECT pg_advisory_xact_lock(@key)", [("key", MigrationLock)], cancellationToken);

    protected override GrainStorageException Explain(Exception exception)
    {
        string state = (exception as PostgresException)?.SqlState ?? "";
        string server = exception is PostgresException refused ? refused.MessageText : FirstLine(exception.Message);
        (string reason, string text) = state switch
        {
            "53100" => (StorageFailures.DiskFull, "the server's disk is full. Free space; nothing that was acknowledged is lost."),
            "28000" or "28P01" => (StorageFailures.Refused, $"the server refuses the login ({server}). Check the user and password."),
            "3D000" => (StorageFailures.Refused, "there is no such database. Create it, or name another."),
            "42501" => (StorageFailures.Refused, $"a right is missing ({server}). Grant it to the user."),
            "53300" => (StorageFailures.Unreachable, "the server has no connection left. Lower storage.postgres.connections, or raise the server's max_connections."),
            "55P03" or "40P01" => (StorageFailures.Locked, $"another session holds the row ({server}). Try again."),
            "57P01" or "57P02" or "57P03" => (StorageFailures.Unreachable, $"the server is starting or stopping ({server}). Wait for it."),
            "XX001" or "XX002" => (StorageFailures.Corrupt, $"the server reports damage ({server}). Restore it from a backup."),
            "" => (StorageFailures.Unreachable, $"the server cannot be reached ({Root(exception)}). Check that it runs and can be reached from here."),
            _ => (StorageFailures.Other, $"the server reports {state}: {server}."),
        };
        return new GrainStorageException($"{Description}: {text}", reason, exception);
    }

    private static async Task<T> RetryAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (NpgsqlException exception) when (exception is PostgresException { SqlState: "57P01" } || exception.InnerException is IOException)
        {
            // Npgsql emptied its pool when it saw the dead connection.
            return await work().ConfigureAwait(false);
        }
    }

    private static string Root(Exception exception)
    {
        Exception root = exception;
        while (root.InnerException is not null)
        {
            root = root.InnerException;
        }

        return root is SocketException socket ? socket.SocketErrorCode.ToString() : FirstLine(root.Message);
    }
}

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
        var seconds = (int)Math.Ceiling(options.Timeout.TotalSeconds);
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
                await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                return await work(new SqlSession(connection, null, Timeout), cancellationToken).ConfigureAwait(false);
            });

    protected override Task<T> TransactAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        => RetryAsync(
            async () =>
            {
                await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                var result = await work(new SqlSession(connection, transaction, Timeout), cancellationToken).ConfigureAwait(false);
                // A commit under way is not cancelled: its outcome would not be known.
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return result;
            });

    protected override Task ExcludeOthersAsync(SqlSession session, CancellationToken cancellationToken)
        => session.ExecuteAsync("SELECT pg_advisory_xact_lock(@key)", [("key", MigrationLock)], cancellationToken);

    protected override GrainStorageException Explain(Exception exception)
    {
        var state = (exception as PostgresException)?.SqlState ?? "";
        var server = exception is PostgresException refused ? refused.MessageText : FirstLine(exception.Message);
        (var reason, var text) = state switch
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
        var root = exception;
        while (root.InnerException is not null)
        {
            root = root.InnerException;
        }

        return root is SocketException socket ? socket.SocketErrorCode.ToString() : FirstLine(root.Message);
    }
}

/// <summary>A database on a PostgreSQL server, 13 or newer. Several coordinators may share it.</summary>
public sealed record PostgresStorageOptions
{
    /// <summary>Npgsql's connection string. Its "Search Path" chooses the schema of the tables; the role needs the right to create them there.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Connections held at most. Default 20; 1 to 1,000.</summary>
    public int Connections { get; init; } = 20;

    /// <summary>How long a statement, and the opening of a connection, may take. Default 10 s; at least 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>All that is wrong, a line each; empty when nothing is. The connection string is never quoted: it may hold a password.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        try
        {
            if (string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(ConnectionString).Host))
            {
                problems.Add("storage.postgres.connectionString names no Host; write Host=...;Database=...;Username=....");
            }
        }
        catch (ArgumentException exception)
        {
            problems.Add($"storage.postgres.connectionString cannot be understood: {FirstLine(exception.Message)}");
        }

        if (Connections is < 1 or > 1_000)
        {
            problems.Add($"storage.postgres.connections is {Connections}; 1 to 1,000 are allowed.");
        }

        if (Timeout < TimeSpan.FromSeconds(1))
        {
            problems.Add($"storage.postgres.timeout is {Timeout}; at least 1 s is needed.");
        }

        return problems;
    }

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();
}

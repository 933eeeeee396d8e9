using Microsoft.Data.Sqlite;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Storage;

/// <summary>
/// A SQLite file in write-ahead mode: reads see the last commit and wait for nobody; writes go through one connection, one after
/// another. SQLite's calls block, so they run on the thread pool and never in the turn of the grain that waits for them.
/// </summary>
public sealed class SqliteDatabase : SqlDatabase
{
    private readonly SqliteStorageOptions _options;
    private readonly string _connectionString;
    private readonly SemaphoreSlim _writes = new(1, 1);
    private SqliteConnection? _writer;

    /// <exception cref="CoordinationException">The options are not usable.</exception>
    public SqliteDatabase(SqliteStorageOptions options, StorageInstruments instruments)
        : base(instruments)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new CoordinationException(string.Join(' ', problems));
        }

        _options = options;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Path.GetFullPath(options.Path),
            Mode = SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = (int)Math.Ceiling(options.BusyTimeout.TotalSeconds),
        }.ToString();
    }

    public override string Description => $"database {_options.Path}";

    protected internal override string BytesType => "BLOB";

    protected internal override string UnixMilliseconds => "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

    protected internal override TimeSpan Timeout => _options.BusyTimeout;

    public override async ValueTask DisposeAsync()
    {
        await _writes.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_writer is not null)
            {
                await _writer.DisposeAsync().ConfigureAwait(false);
                _writer = null;
            }

            using var pool = new SqliteConnection(_connectionString);
            SqliteConnection.ClearPool(pool);
        }
        finally
        {
            _writes.Release();
        }
    }

    protected override Task<T> QueryAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        => Task.Run(
            async () =>
            {
                await using var connection = new SqliteConnection(_connectionString);
                Open(connection);
                return await work(new SqlSession(connection, null, Timeout), cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    protected override async Task<T> TransactAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await _writes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => WriteAloneAsync(work, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writes.Release();
        }
    }

    // The transaction of the writing connection holds the file's only write lock already.
    protected override Task ExcludeOthersAsync(SqlSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    protected override GrainStorageException Explain(Exception exception)
    {
        var code = (exception as SqliteException)?.SqliteErrorCode ?? 0;
        (var reason, var text) = code switch
        {
            5 or 6 => (StorageFailures.Locked, $"{Description} was held by another process for {_options.BusyTimeout.TotalSeconds:0.##} s. Does another coordinator use it?"),
            13 => (StorageFailures.DiskFull, $"{Description} could not grow: the disk is full. Free space; nothing that was acknowledged is lost."),
            11 or 26 => (StorageFailures.Corrupt, $"{Description} is damaged, or no database at all. Put it aside and restore it from a backup."),
            14 => (StorageFailures.Unreachable, $"{Description} cannot be opened. Check that its folder exists and may be written."),
            8 or 3 or 23 => (StorageFailures.Refused, $"{Description} may not be written. Check the rights of the file and its folder."),
            10 => (StorageFailures.Other, $"{Description}: the disk failed ({FirstLine(exception.Message)}). Check the disk."),
            _ => (exception is IOException or UnauthorizedAccessException ? StorageFailures.Unreachable : StorageFailures.Other, $"{Description}: {FirstLine(exception.Message)}."),
        };
        return new GrainStorageException(char.ToUpperInvariant(text[0]) + text[1..], reason, exception);
    }

    private async Task<T> WriteAloneAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            _writer ??= OpenWriter();
            // Begins with the write lock: a transaction that read first could not get it any more.
            await using var transaction = _writer.BeginTransaction(deferred: false);
            var result = await work(new SqlSession(_writer, transaction, Timeout), cancellationToken).ConfigureAwait(false);
            transaction.Commit();
            return result;
        }
        catch (SqliteException)
        {
            // What state the connection is in is not worth knowing: the next write opens another.
            _writer?.Dispose();
            _writer = null;
            throw;
        }
    }

    private SqliteConnection OpenWriter()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_options.Path))!);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(_connectionString) { Pooling = false }.ToString());
        try
        {
            Open(connection);
            Pragma(connection, "journal_mode = WAL");
            Pragma(connection, $"synchronous = {(_options.SurvivesPowerLoss ? "FULL" : "NORMAL")}");
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    private void Open(SqliteConnection connection)
    {
        connection.Open();
        Pragma(connection, $"busy_timeout = {(long)_options.BusyTimeout.TotalMilliseconds}");
    }

    private static void Pragma(SqliteConnection connection, string setting)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA {setting}";
        command.ExecuteNonQuery();
    }
}

/// <summary>A database in one file beside the coordinator. One process at a time writes it.</summary>
public sealed record SqliteStorageOptions
{
    /// <summary>The database file; it and its folder are made when missing. SQLite keeps "-wal" and "-shm" files beside it.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Whether an acknowledged write survives the loss of power. Default true: each write waits for the disk (SQLite's synchronous=FULL).
    /// Without it writes survive the death of the process, but the last ones may be lost with the machine.
    /// </summary>
    public bool SurvivesPowerLoss { get; init; } = true;

    /// <summary>How long an operation waits for another process that holds the file. Default 5 s; at least 100 ms.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>All that is wrong, a line each; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(Path))
        {
            problems.Add("storage.sqlite.path is empty; give the path of the database file.");
        }
        else if (Directory.Exists(Path))
        {
            problems.Add($"storage.sqlite.path \"{Path}\" is a folder; give the path of the database file.");
        }

        if (BusyTimeout < TimeSpan.FromMilliseconds(100))
        {
            problems.Add($"storage.sqlite.busyTimeout is {BusyTimeout}; at least 100 ms are needed.");
        }

        return problems;
    }
}

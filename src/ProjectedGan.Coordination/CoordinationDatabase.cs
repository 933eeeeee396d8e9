using System.Data.Common;

namespace ProjectedGan.Coordination;

/// <summary>The database of journal and index. Its statements are those that SQLite and PostgreSQL share. Thread-safe.</summary>
internal sealed class CoordinationDatabase(DbDataSource source) : IDisposable
{
    private static readonly string[] Tables =
    [
        "CREATE TABLE IF NOT EXISTS pgan_events (experiment TEXT NOT NULL, sequence BIGINT NOT NULL, progress SMALLINT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (experiment, sequence))",
        "CREATE TABLE IF NOT EXISTS pgan_experiments (id TEXT NOT NULL PRIMARY KEY, request TEXT NOT NULL, content TEXT NOT NULL)",
    ];

    // One writer at a time: SQLite knows no more, and writers that wait here hold no connection.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile bool _prepared;

    /// <summary>Runs statements in one transaction.</summary>
    public async Task WriteAsync(Func<DbConnection, DbTransaction, Task> work, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using DbConnection connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
            await using DbTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await work(connection, transaction).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        if (!_prepared)
        {
            await WriteAsync(static (_, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
        }

        await using DbConnection connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return await work(connection).ConfigureAwait(false);
    }

    public static DbCommand Command(DbConnection connection, DbTransaction? transaction, string text, params (string Name, object Value)[] parameters)
    {
        DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // All statements are constants of this assembly.
        command.CommandText = text;
#pragma warning restore CA2100
        foreach ((string name, object value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public void Dispose() => _writing.Dispose();

    private async Task PrepareAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (_prepared)
        {
            return;
        }

        foreach (string table in Tables)
        {
            await using DbCommand command = Command(connection, null, table);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        _prepared = true;
    }
}

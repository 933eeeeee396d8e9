using Npgsql;

namespace ProjectedGan.Coordinator.Storage;

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

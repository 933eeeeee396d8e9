namespace ProjectedGan.Coordinator.Storage;

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

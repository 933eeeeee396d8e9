using ProjectedGan.Foundation;

namespace ProjectedGan.Coordinator.Storage;

/// <summary>
/// The coordinator's folder, held by one process at a time; the lock goes with the process, however it ends. What lies there under the name of its
/// content may be in another folder, which several coordinators share.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, string shared, FileStream held)
    {
        Path = path;
        Shared = shared;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Where artifacts and datasets lie.</summary>
    public string Shared { get; }

    /// <summary>The SQLite file with grains and journal.</summary>
    public string Database => System.IO.Path.Combine(Path, "coordinator.db");

    /// <summary>Files by SHA-256.</summary>
    public string Artifacts => System.IO.Path.Combine(Shared, "artifacts");

    /// <summary>What is known of datasets, by digest.</summary>
    public string Datasets => System.IO.Path.Combine(Shared, "datasets");

    /// <param name="path">Of one coordinator.</param>
    /// <param name="shared">Of several; null is <paramref name="path"/>.</param>
    /// <exception cref="UsageException">A folder cannot be made, or another coordinator has the first.</exception>
    public static DataFolder Open(string path, string? shared = null)
    {
        string folder = Make("--data-dir", path), content = shared is null ? folder : Make("--shared-dir", shared);
        try
        {
            return new(folder, content, new FileStream(System.IO.Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error)
        {
            throw new UsageException($"--data-dir '{path}' is in use by another coordinator; stop it, or give this one another folder.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UsageException($"--data-dir '{path}' cannot be written: {error.Message}", error);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static string Make(string option, string path)
    {
        try
        {
            return Directory.CreateDirectory(System.IO.Path.GetFullPath(path)).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{option} '{path}' cannot be made: {error.Message}", error);
        }
    }
}

/// <summary>Where experiments are remembered.</summary>
public enum StorageKind
{
    /// <summary>One file in the data folder.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database.</summary>
    Postgres,
}

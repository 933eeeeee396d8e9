using ProjectedGan.Torch;

namespace ProjectedGan.Node.Coordinator.Storage;

/// <summary>The coordinator's folder, held by one process at a time. The lock goes with the process, however it ends.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>The SQLite file with grains and journal.</summary>
    public string Database => System.IO.Path.Combine(Path, "coordinator.db");

    /// <summary>Files by SHA-256.</summary>
    public string Artifacts => System.IO.Path.Combine(Path, "artifacts");

    /// <summary>What is known of datasets, by digest.</summary>
    public string Datasets => System.IO.Path.Combine(Path, "datasets");

    /// <exception cref="UsageException">It cannot be made, or another coordinator has it.</exception>
    public static DataFolder Open(string path)
    {
        string folder = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--data-dir '{path}' cannot be made: {error.Message}", error);
        }

        try
        {
            return new(folder, new FileStream(System.IO.Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
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
}

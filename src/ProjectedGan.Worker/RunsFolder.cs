namespace ProjectedGan.Worker;

/// <summary>
/// Where a worker keeps the files of its runs, until it ends. A worker that is killed leaves them behind; the next one with the same cache
/// clears them away. Which of them nobody uses any more, a lock on a file beside each tells: it ends with the process.
/// </summary>
internal sealed class RunsFolder : IDisposable
{
    private const string LockSuffix = ".lock";
    private readonly FileStream _lock;

    /// <param name="parent">The folder of all workers with this cache.</param>
    /// <param name="worker">This worker's id.</param>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public RunsFolder(string parent, string worker)
    {
        Directory.CreateDirectory(parent);
        foreach (var left in Directory.EnumerateFiles(parent, "*" + LockSuffix))
        {
            Clear(left);
        }
        Path = System.IO.Path.Combine(parent, worker);
        // Nobody looks at the file before it is locked.
        _lock = Lock(Path + ".new");
        File.Move(_lock.Name, Path + LockSuffix);
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
        File.Delete(Path + LockSuffix);
        _lock.Dispose();
    }

    private static FileStream Lock(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void Clear(string path)
    {
        try
        {
            using var taken = Lock(path);
            if (Directory.Exists(path[..^LockSuffix.Length]))
            {
                Directory.Delete(path[..^LockSuffix.Length], recursive: true);
            }
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Its worker lives, or another one clears it away.
        }
    }
}

using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Runs;

/// <summary>Keeps a second process out of a run's folder. The lock goes with the process, however it ends.</summary>
internal static class RunLock
{
    /// <exception cref="UsageException">Another process holds it.</exception>
    public static FileStream Take(RunFolder folder)
    {
        string path = Path.Combine(folder.Path, ".lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new UsageException($"'{folder.Path}' is in use by another pgan process; wait for it, stop it, or give this run another name.");
        }
    }
}

using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>An artifact cannot be stored, found or trusted.</summary>
public sealed class ArtifactException(ArtifactFault fault, string message, Exception? inner = null) : PganException(message, inner)
{
    public ArtifactFault Fault { get; } = fault;

    /// <summary>Puts a failure of the file system into the words of the store.</summary>
    /// <param name="what">What was being done, as the beginning of a sentence.</param>
    /// <param name="error">The failure.</param>
    public static ArtifactException From(string what, Exception error) => IsDiskFull(error)
        ? new(ArtifactFault.DiskFull, $"{what}: the disk is full. Nothing that was stored is lost; free some space and try again, it goes on where it stopped.", error)
        : new(ArtifactFault.Unreadable, $"{what}: {error.Message.TrimEnd('.')}.", error);

    /// <summary>Whether the same can succeed here once somebody has made room, or brought back what the coordinator lacks.</summary>
    public static bool Passes(Exception? error) => error is not null
        && (error is ArtifactException { Fault: ArtifactFault.DiskFull or ArtifactFault.Missing } || IsDiskFull(error) || Passes(error.InnerException));

    private static bool IsDiskFull(Exception error)
    {
        // ENOSPC and EDQUOT as .NET reports them on Unix, and ERROR_DISK_FULL.
        const int NoSpace = 28, QuotaExceeded = 122, WindowsDiskFull = unchecked((int)0x80070070);
        return error is IOException { HResult: NoSpace or QuotaExceeded or WindowsDiskFull };
    }
}

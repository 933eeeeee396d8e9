namespace ProjectedGan.Cli.Shell;

/// <summary>What <c>pgan</c> exits with.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command was understood and failed: a broken file, a full disk, a missing GPU.</summary>
    public const int Failure = 1;

    /// <summary>The command or the spec was not usable as given.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C, as shells report it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}

using Microsoft.Extensions.Logging;

namespace ProjectedGan.Coordinator.Services;

internal static partial class ArtifactCleaningLog
{
    [LoggerMessage(136, LogLevel.Information, "Deleted {Bytes} bytes of files that no experiment needs")]
    public static partial void Freed(ILogger logger, long bytes);

    [LoggerMessage(137, LogLevel.Warning, "Files that no experiment needs were not looked for")]
    public static partial void Skipped(ILogger logger, Exception exception);
}

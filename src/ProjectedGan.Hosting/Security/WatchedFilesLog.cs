using Microsoft.Extensions.Logging;

namespace ProjectedGan.Hosting.Security;

internal static partial class WatchedFilesLog
{
    [LoggerMessage(111, LogLevel.Information, "Read again because they changed: {Files}")]
    public static partial void Reloaded(ILogger logger, string files);

    [LoggerMessage(112, LogLevel.Warning, "Changed files are unusable, the earlier ones stay in use: {Reason}")]
    public static partial void Kept(ILogger logger, string reason);
}

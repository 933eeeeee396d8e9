using Microsoft.Extensions.Logging;

namespace ProjectedGan.Evaluation.RealStatistics;

internal static partial class RealStatisticsCacheLog
{
    [LoggerMessage(1, LogLevel.Warning, "Cached statistics of real images are unusable and are made again: {Reason}")]
    public static partial void Unusable(ILogger logger, string reason, Exception? error);

    [LoggerMessage(2, LogLevel.Warning, "Statistics of real images cannot be cached in {Folder}: {Reason}")]
    public static partial void NotWritten(ILogger logger, string folder, string reason, Exception error);
}

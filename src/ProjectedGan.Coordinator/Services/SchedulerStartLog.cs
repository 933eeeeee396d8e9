using Microsoft.Extensions.Logging;

namespace ProjectedGan.Coordinator.Services;

internal static partial class SchedulerStartLog
{
    [LoggerMessage(135, LogLevel.Error, "Experiments could not be woken; trying again")]
    public static partial void Failed(ILogger logger, Exception exception);
}

using Microsoft.Extensions.Logging;

namespace ProjectedGan.Node.Workers;

internal static partial class WorkerRoleLog
{
    [LoggerMessage(3031, LogLevel.Warning, "The run did not go on without this worker within --drain ({Seconds} s); it leaves all the same. What no checkpoint and no other worker has is trained again.")]
    public static partial void LeftEarly(ILogger logger, double seconds);
}

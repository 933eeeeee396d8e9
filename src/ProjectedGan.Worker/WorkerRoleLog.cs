using Microsoft.Extensions.Logging;
using ProjectedGan.Tensors;

namespace ProjectedGan.Worker;

internal static partial class WorkerRoleLog
{
    public static void Checked(ILogger logger, ConvolutionReport report)
    {
        if (report.Fault is null)
        {
            Right(logger, report);
        }
        else
        {
            WithoutOneDnn(logger, report);
        }
    }

    [LoggerMessage(3031, LogLevel.Warning, "The run did not go on without this worker within --drain ({Seconds} s); it leaves all the same. What no checkpoint and no other worker has is trained again.")]
    public static partial void LeftEarly(ILogger logger, double seconds);

    [LoggerMessage(3032, LogLevel.Information, "{Report}.")]
    private static partial void Right(ILogger logger, ConvolutionReport report);

    [LoggerMessage(3033, LogLevel.Warning, "{Report} The worker trains with others that compute without oneDNN, and slowly.")]
    private static partial void WithoutOneDnn(ILogger logger, ConvolutionReport report);
}

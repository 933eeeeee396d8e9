using Microsoft.Extensions.Logging;

namespace ProjectedGan.Worker;

internal static partial class RunAgentLog
{
    [LoggerMessage(3011, LogLevel.Information, "Assigned {Mode} of run {Run}, membership epoch {MembershipEpoch}, from iteration {Iteration}.")]
    public static partial void Assigned(ILogger logger, string mode, string run, long membershipEpoch, long iteration);

    [LoggerMessage(3012, LogLevel.Error, "The run cannot go on here. {Reason}")]
    public static partial void Failed(ILogger logger, Exception error, string reason);

    [LoggerMessage(3013, LogLevel.Information, "What was under way for the assignment before ended by an error: {Reason}")]
    public static partial void Stopped(ILogger logger, Exception error, string reason);
}

using Microsoft.Extensions.Logging;

namespace ProjectedGan.Worker;

internal static partial class HostedRunLog
{
    [LoggerMessage(3021, LogLevel.Information, "Run {Run} is complete at iteration {Iteration}; weights {WeightsHash}.")]
    public static partial void Finished(ILogger logger, string run, long iteration, string weightsHash);

    [LoggerMessage(3022, LogLevel.Warning, "Run {Run}: membership epoch {MembershipEpoch} ends here at iteration {Iteration}. {Reason}")]
    public static partial void Interrupted(ILogger logger, string run, long membershipEpoch, long iteration, string reason);

    [LoggerMessage(3023, LogLevel.Information, "Run {Run}: copied the state of iteration {Iteration} from {Worker}.")]
    public static partial void Copied(ILogger logger, string run, long iteration, string worker);

    [LoggerMessage(3024, LogLevel.Warning, "Run {Run}: {What} could not be uploaded; it or a later one will be. {Reason}")]
    public static partial void NotUploaded(ILogger logger, string run, string what, string reason);

    [LoggerMessage(3025, LogLevel.Warning, "Run {Run}: {Message}")]
    public static partial void Degraded(ILogger logger, string run, string message);

    [LoggerMessage(3026, LogLevel.Critical, "Run {Run}: {Message}")]
    public static partial void Stalled(ILogger logger, string run, string message);
}

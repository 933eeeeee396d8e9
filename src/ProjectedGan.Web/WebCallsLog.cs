using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace ProjectedGan.Web;

internal static partial class WebCallsLog
{
    [LoggerMessage(141, LogLevel.Debug, "A web request like {Method} is refused with {Code}: {Reason}")]
    public static partial void Refused(ILogger logger, string method, StatusCode code, string reason);

    [LoggerMessage(142, LogLevel.Error, "The web request {Path} failed (incident {Incident})")]
    public static partial void Failed(ILogger logger, string path, string incident, Exception exception);
}

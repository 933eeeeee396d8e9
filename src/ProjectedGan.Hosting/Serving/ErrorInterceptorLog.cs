using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace ProjectedGan.Hosting.Serving;

internal static partial class ErrorInterceptorLog
{
    [LoggerMessage(121, LogLevel.Debug, "{Method} is refused with {Code}: {Reason}")]
    public static partial void Refused(ILogger logger, string method, StatusCode code, string reason);

    [LoggerMessage(122, LogLevel.Error, "{Method} failed (incident {Incident})")]
    public static partial void Failed(ILogger logger, string method, string incident, Exception exception);
}

using Microsoft.Extensions.Logging;

namespace ProjectedGan.Hosting.Security;

internal static partial class TransportIdentityLog
{
    [LoggerMessage(113, LogLevel.Warning, "A caller is refused: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);
}

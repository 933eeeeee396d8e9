using Microsoft.Extensions.Logging;

namespace ProjectedGan.Hosting.Links;

internal static partial class CoordinatorLinkLog
{
    [LoggerMessage(3001, LogLevel.Information, "Connected to a coordinator of version {Version}.")]
    public static partial void Connected(ILogger logger, string version);

    [LoggerMessage(3002, LogLevel.Warning, "The coordinator is away; connecting again until it answers. Training goes on. {Reason}")]
    public static partial void Lost(ILogger logger, string reason);
}

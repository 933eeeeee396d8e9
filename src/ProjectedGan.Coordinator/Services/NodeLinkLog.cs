using Microsoft.Extensions.Logging;

namespace ProjectedGan.Coordinator.Services;

internal static partial class NodeLinkLog
{
    [LoggerMessage(132, LogLevel.Information, "The {Role} {Node} connected; {Address}")]
    public static partial void Connected(ILogger logger, string role, string node, string address);

    [LoggerMessage(133, LogLevel.Information, "The {Role} {Node} disconnected")]
    public static partial void Disconnected(ILogger logger, string role, string node);

    [LoggerMessage(134, LogLevel.Warning, "{Message} of {Node} is dropped: {Reason}")]
    public static partial void Dropped(ILogger logger, string message, string node, string reason);
}

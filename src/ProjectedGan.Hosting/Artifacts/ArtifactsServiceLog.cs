using Microsoft.Extensions.Logging;

namespace ProjectedGan.Hosting.Artifacts;

internal static partial class ArtifactsServiceLog
{
    [LoggerMessage(101, LogLevel.Information, "Stored artifact {Digest} of {Bytes} bytes")]
    public static partial void Stored(ILogger logger, string digest, long bytes);
}

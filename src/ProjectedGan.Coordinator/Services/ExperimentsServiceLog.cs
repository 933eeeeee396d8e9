using Microsoft.Extensions.Logging;

namespace ProjectedGan.Coordinator.Services;

internal static partial class ExperimentsServiceLog
{
    [LoggerMessage(131, LogLevel.Information, "Experiment {Experiment} '{Name}' was submitted by {User} with spec {SpecHash}")]
    public static partial void Submitted(ILogger logger, string experiment, string name, string user, string specHash);
}

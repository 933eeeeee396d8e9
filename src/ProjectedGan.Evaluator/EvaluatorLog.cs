using Microsoft.Extensions.Logging;

namespace ProjectedGan.Evaluator;

internal static partial class EvaluatorLog
{
    [LoggerMessage(3101, LogLevel.Information, "Experiment {Experiment}: evaluating the snapshot of {Images} images.")]
    public static partial void Begins(ILogger logger, string experiment, long images);

    [LoggerMessage(3102, LogLevel.Information, "Experiment {Experiment}: the snapshot of {Images} images is drawn and measured in {Seconds:F1} s: {Values}.")]
    public static partial void Ended(ILogger logger, string experiment, long images, double seconds, string values);

    [LoggerMessage(3103, LogLevel.Information, "Experiment {Experiment}: the snapshot of {Images} images is no longer wanted.")]
    public static partial void Abandoned(ILogger logger, string experiment, long images);

    [LoggerMessage(3104, LogLevel.Error, "Experiment {Experiment}: the snapshot of {Images} images cannot be evaluated.")]
    public static partial void Failed(ILogger logger, Exception error, string experiment, long images);
}

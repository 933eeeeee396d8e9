using Microsoft.Extensions.Logging;

namespace ProjectedGan.Cli.Runs;

internal static partial class RunLog
{
    [LoggerMessage(1, LogLevel.Information, "Run {Run} starts with spec {SpecHash} on {Device}")]
    public static partial void Starts(ILogger logger, string run, string specHash, string device);

    [LoggerMessage(2, LogLevel.Information, "Resumed at {ImagesSeen} images from {Checkpoint}")]
    public static partial void Resumed(ILogger logger, long imagesSeen, string checkpoint);

    [LoggerMessage(3, LogLevel.Information, "{ImagesSeen} images, {ImagesPerSecond} images/s, generator loss {GeneratorLoss}, discriminator loss {DiscriminatorLoss}, sign accuracy real {RealAccuracy} generated {GeneratedAccuracy}, gradient norms {GeneratorGradientNorm} {DiscriminatorGradientNorm}")]
    public static partial void Progress(
        ILogger logger, long imagesSeen, double imagesPerSecond, double generatorLoss, double discriminatorLoss, double realAccuracy,
        double generatedAccuracy, double generatorGradientNorm, double discriminatorGradientNorm);

    [LoggerMessage(12, LogLevel.Information, "Augmentation happens with probability {Probability}")]
    public static partial void Augments(ILogger logger, double probability);

    [LoggerMessage(4, LogLevel.Information, "{Metric} is {Value} at {ImagesSeen} images, measured in {Seconds} s")]
    public static partial void Measured(ILogger logger, string metric, double value, long imagesSeen, double seconds);

    [LoggerMessage(5, LogLevel.Information, "Checkpoint {Checkpoint} is on the disk")]
    public static partial void CheckpointWritten(ILogger logger, string checkpoint);

    [LoggerMessage(6, LogLevel.Error, "No checkpoint was written: {Reason}")]
    public static partial void CheckpointFailed(ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Warning, "Non-finite gradient: {Gradient}")]
    public static partial void NonFinite(ILogger logger, string gradient);

    [LoggerMessage(8, LogLevel.Warning, "{Warning}")]
    public static partial void Degraded(ILogger logger, string warning);

    [LoggerMessage(9, LogLevel.Error, "A snapshot at {ImagesSeen} images could not be shown or measured")]
    public static partial void SnapshotFailed(ILogger logger, long imagesSeen, Exception exception);

    [LoggerMessage(10, LogLevel.Information, "Stopped at {ImagesSeen} images, {Reason}; weights {StateHash}")]
    public static partial void Stopped(ILogger logger, long imagesSeen, string reason, string stateHash);

    [LoggerMessage(11, LogLevel.Information, "The process held {PeakBytes} bytes at most in this session")]
    public static partial void Memory(ILogger logger, long peakBytes);
}

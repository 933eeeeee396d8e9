using ProjectedGan.Protocol.V1;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Cli.Runs;

/// <summary>What is reported of training under the names of an <see cref="EventFile"/>, whichever way the report came.</summary>
internal static class TrainingFigures
{
    private static readonly string[] Names =
    [
        "loss/generator", "loss/discriminator_generated", "loss/discriminator_real", "sign_accuracy/generated", "sign_accuracy/real",
        "gradient_norm/generator", "gradient_norm/discriminator", "speed/images_per_second",
    ];

    /// <summary>The name of the grids of a run's fixed latents.</summary>
    public const string Samples = "samples";

    /// <summary>Of the trainer in this process.</summary>
    public static IEnumerable<(string Name, double Value)> Of(TrainingReport report) => Names.Zip(
    [
        report.GeneratorLoss, report.GeneratedLoss, report.RealLoss, report.GeneratedAccuracy, report.RealAccuracy,
        report.GeneratorGradientNorm, report.DiscriminatorGradientNorm, report.ImagesPerSecond,
    ]).Concat(report.AugmentationProbability is { } probability ? [("augmentation/probability", probability)] : []);

    /// <summary>Of a cluster's experiment.</summary>
    public static IEnumerable<(string Name, double Value)> Of(Progress progress) => Names.Zip(
    [
        progress.GeneratorLoss, progress.DiscriminatorLossGenerated, progress.DiscriminatorLossReal,
        progress.AccuracyGenerated, progress.AccuracyReal,
        progress.GeneratorGradientNorm, progress.DiscriminatorGradientNorm, progress.ImagesPerSecond,
    ]);

    /// <summary>A metric's name among the figures.</summary>
    public static string OfMetric(string metric) => $"metrics/{metric}";
}

using Google.Protobuf.WellKnownTypes;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Web.Tests.Recording;

/// <summary>Statistics as a run might have them.</summary>
internal static class Statistics
{
    public static Progress At(long iteration, int batch) => new()
    {
        Iteration = iteration,
        Images = iteration * batch,
        ImagesPerSecond = 20 + Math.Sin(iteration),
        GeneratorLoss = 2 + 1.0 / (iteration + 1),
        DiscriminatorLossGenerated = 0.6,
        DiscriminatorLossReal = 0.5,
        AccuracyGenerated = 0.8,
        AccuracyReal = 0.9,
        GeneratorGradientNorm = 3,
        DiscriminatorGradientNorm = 1,
        TrainingTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(iteration)),
        Remaining = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)),
        Time = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
    };
}

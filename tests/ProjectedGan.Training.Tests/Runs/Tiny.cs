using ProjectedGan.Training.Specification;

namespace ProjectedGan.Training.Tests.Runs;

/// <summary>Runs small enough for tests.</summary>
internal static class Tiny
{
    public static TrainingSpec Spec(int replicas = 1, int iterations = 3, int replicaBatch = 2) => new()
    {
        Seed = 3,
        Batch = replicas * replicaBatch,
        Replicas = replicas,
        TotalImages = (long)iterations * replicas * replicaBatch,
        Data = new DataSpec { Path = "memory", Resolution = 64, DecodingThreads = 1 },
        Generator = new GeneratorSpec { Kind = GeneratorKind.FastGanLite, LatentSize = 8, Width = 4 },
        Features = new FeatureSpec { Network = FeatureNetworkKind.MobileNetV2, Weights = FeatureSpec.RandomWeights, InputSize = 128 },
        Projection = new ProjectionSpec { Channels = 4 },
        Discriminator = new DiscriminatorSpec { WidthFactor = 0.0625 },
        Optimizer = new OptimizerSpec { GeneratorRate = 1e-3, DiscriminatorRate = 1e-3 },
        Schedule = new ScheduleSpec { ReportImages = 1, SnapshotImages = 0, EvaluationImages = 0, CheckpointImages = 0 },
    };

    /// <summary>The same with pairs of images and a penalty that is large enough to matter.</summary>
    public static TrainingSpec Relativistic(int replicas = 1, int iterations = 3, int replicaBatch = 2) =>
        Spec(replicas, iterations, replicaBatch) with { Loss = new LossSpec { Kind = LossKind.Relativistic, GradientPenalty = 1e-3 } };
}

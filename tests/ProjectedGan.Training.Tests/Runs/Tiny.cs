using ProjectedGan.Specification;

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

    /// <summary>The baseline StyleGAN2-ADA with all of its regularisation and augmentation, adapting fast enough to be seen.</summary>
    public static TrainingSpec StyleGan2(int replicas = 1, int iterations = 3, int replicaBatch = 2)
    {
        var spec = Spec(replicas, iterations, replicaBatch);
        return spec with
        {
            Generator = spec.Generator with { Kind = GeneratorKind.StyleGan2, StyleSize = 16, MostChannels = 12, StyleMixing = 0.9 },
            Discriminator = spec.Discriminator with { Kind = DiscriminatorKind.StyleGan2, WidthFactor = 1 / 64.0, MostChannels = 12 },
            Loss = new LossSpec { Kind = LossKind.NonSaturating, GradientPenalty = 1e-2, PenaltyInterval = 2, PathLength = 2, PathLengthInterval = 2 },
            Augmentation = new AugmentationSpec
            {
                Color = false, Translation = false, Cutout = false, Adaptive = "blit,geom,color", Probability = 0.5, AdjustmentImages = 100,
            },
        };
    }

    /// <summary>The baseline FastGAN with its decoders.</summary>
    public static TrainingSpec FastGan(int replicas = 1, int iterations = 3, int replicaBatch = 2)
    {
        var spec = Spec(replicas, iterations, replicaBatch);
        return spec with { Discriminator = spec.Discriminator with { Kind = DiscriminatorKind.FastGan } };
    }
}

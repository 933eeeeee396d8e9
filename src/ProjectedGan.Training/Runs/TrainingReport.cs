using ProjectedGan.Training.Iteration;

namespace ProjectedGan.Training.Runs;

/// <summary>Means over the iterations since the last report, over all replicas.</summary>
public sealed record TrainingReport
{
    /// <summary>Completed iterations of the run.</summary>
    public required long Iteration { get; init; }

    /// <summary>Real images shown in the run.</summary>
    public required long ImagesSeen { get; init; }

    /// <summary>Images at which the run ends.</summary>
    public required long TotalImages { get; init; }

    /// <summary>Time spent training, over all sessions of the run.</summary>
    public required TimeSpan TrainingTime { get; init; }

    /// <summary>Real images a second since the last report.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>mean(−D(G(z))); non-saturating: mean(softplus(−D(G(z)))); relativistic: mean(softplus(D(x) − D(G(z)))).</summary>
    public required double GeneratorLoss { get; init; }

    /// <summary>mean(max(0, 1 + D(G(z)))); non-saturating: mean(softplus(D(G(z)))); relativistic: half of mean(softplus(D(G(z)) − D(x))), and the penalty R2 with its weight.</summary>
    public required double GeneratedLoss { get; init; }

    /// <summary>mean(max(0, 1 − D(x))), or mean(softplus(−D(x))) and the penalty R1 with its weight; relativistic: the other half, and R1. FastGAN's
    /// discriminator adds what its decoders miss.</summary>
    public required double RealLoss { get; init; }

    /// <summary>Share of logits below 0 on generated images; relativistic: of pairs in which the generated image's is the lower.</summary>
    public required double GeneratedAccuracy { get; init; }

    /// <summary>Share of logits above 0 on real images; relativistic: as <see cref="GeneratedAccuracy"/>.</summary>
    public required double RealAccuracy { get; init; }

    /// <summary>The probability of the adaptive augmentation's transforms from here on; null where augmentation is not adaptive.</summary>
    public double? AugmentationProbability { get; init; }

    /// <summary>Euclidean norm of the averaged gradient in the last iteration.</summary>
    public required double GeneratorGradientNorm { get; init; }

    public required double DiscriminatorGradientNorm { get; init; }

    /// <summary>Gradient elements that were not finite, over the whole run.</summary>
    public required long NonFiniteElements { get; init; }

    /// <summary>Of these, those since the last report, or since the run was resumed or another member's state taken.</summary>
    public required long NewNonFiniteElements { get; init; }

    /// <summary>Mean time of each part of an iteration since the last report.</summary>
    public required IReadOnlyDictionary<IterationPart, TimeSpan> Timings { get; init; }
}

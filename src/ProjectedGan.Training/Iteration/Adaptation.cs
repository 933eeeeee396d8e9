using ProjectedGan.Specification;
using ProjectedGan.Training.Augmentation;

namespace ProjectedGan.Training.Iteration;

/// <summary>What training learns beside weights: the same on all workers after an iteration, and part of a run's state.</summary>
/// <param name="Probability">Of each transform of the adaptive augmentation.</param>
/// <param name="Signs">The sum of the mean signs of real logits since the probability last moved.</param>
/// <param name="PathLength">The running mean of the generator's path lengths.</param>
public sealed record Adaptation(double Probability, double Signs, double PathLength)
{
    // Iterations from one step of the probability to the next (StyleGAN2-ADA).
    private const int Interval = 4;

    /// <summary>At a run's start.</summary>
    internal static Adaptation Of(TrainingSpec spec) => new(spec.Augmentation.Probability, 0, 0);

    /// <summary>Whether a run adapts anything.</summary>
    internal static bool IsNeeded(TrainingSpec spec) => spec.Augmentation.IsAdaptive || spec.Loss.PathLength > 0;

    /// <summary>After an iteration, counted from 0.</summary>
    /// <param name="spec">What is adapted, and how fast.</param>
    /// <param name="iteration">The iteration.</param>
    /// <param name="realAccuracy">The share of real images, over all replicas, that the discriminators judged rightly.</param>
    /// <param name="pathLength">The running mean that it leaves, averaged over all replicas.</param>
    internal Adaptation Next(TrainingSpec spec, long iteration, double realAccuracy, double pathLength)
    {
        // One image lost to NaN must not lose the mean for good.
        var after = this with { Signs = Signs + (2 * realAccuracy) - 1, PathLength = double.IsFinite(pathLength) ? pathLength : PathLength };
        if (spec.Augmentation is not { IsAdaptive: true, Target: > 0 } || (iteration + 1) % Interval != 0)
        {
            return after;
        }
        var rule = new AdaptiveProbability { Target = spec.Augmentation.Target, SpeedImages = spec.Augmentation.AdjustmentImages };
        return after with { Probability = rule.Next(Probability, after.Signs / Interval, Interval * spec.Batch), Signs = 0 };
    }
}

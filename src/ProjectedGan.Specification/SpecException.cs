using ProjectedGan.Foundation;

namespace ProjectedGan.Specification;

/// <summary>A spec is unusable. The message lists every problem, one a line.</summary>
public sealed class SpecException : UsageException
{
    /// <param name="where">What was read, for example a file's name.</param>
    /// <param name="problems">At least one problem.</param>
    public SpecException(string where, IReadOnlyList<SpecProblem> problems)
        : base(Describe(where, problems)) => Problems = problems;

    public IReadOnlyList<SpecProblem> Problems { get; }

    private static string Describe(string where, IReadOnlyList<SpecProblem> problems) =>
        problems.Count == 1
            ? $"{where}: {problems[0].Message}"
            : $"{where}: {problems.Count} problems:\n" + string.Join('\n', problems.Select(problem => "  " + problem.Message));
}

/// <summary>One thing that is wrong with a spec.</summary>
/// <param name="Path">The setting's name.</param>
/// <param name="Message">A sentence with the value found, what is allowed and what to do.</param>
public sealed record SpecProblem(string Path, string Message);

/// <summary>What can be trained but is likely to learn badly. docs/training.md has what each was measured to cost.</summary>
public static class SpecAdvice
{
    // Batch normalisation estimates mean and variance from so many images.
    private const int LeastReplicaBatch = 8;

    private const int LeastImagesWithoutAugmentation = 500;
    private const double PaperRate = 2e-4;
    private const double PaperRateWithStyles = 2e-3;
    private const double LargestRateFactor = 5;

    /// <summary>One sentence for each thing that is unusual; empty in the ordinary case.</summary>
    /// <param name="spec">A valid spec.</param>
    /// <param name="images">Images of the data set, without mirrored copies.</param>
    public static IReadOnlyList<SpecProblem> Of(TrainingSpec spec, int images)
    {
        var advice = new List<SpecProblem>();
        images = spec.Data.Images > 0 ? Math.Min(images, spec.Data.Images) : images;
        var replicaBatch = spec.Batch / spec.Replicas;
        var normalises = spec.Discriminator.Kind != DiscriminatorKind.StyleGan2 || !spec.Generator.Kind.HasStyles();
        if (normalises && replicaBatch < LeastReplicaBatch)
        {
            advice.Add(new("batch", $"batch {spec.Batch} over replicas {spec.Replicas} leaves {replicaBatch} images a replica, too few for batch normalisation; "
                + $"use a batch of {LeastReplicaBatch * spec.Replicas} or more, or at most {Math.Max(1, spec.Batch / LeastReplicaBatch)} of replicas."));
        }
        if (images < LeastImagesWithoutAugmentation && spec.Augmentation is { Color: false, Translation: false, Cutout: false, IsAdaptive: false })
        {
            advice.Add(new("augmentation", $"the data set has {images} images and all of augmentation is off: below {LeastImagesWithoutAugmentation} "
                + "the discriminators learn them by heart; leave color, translation and cutout on."));
        }
        var usual = spec.Generator.Kind.HasStyles() ? PaperRateWithStyles : PaperRate;
        AddRate(advice, "optimizer.generatorRate", spec.Optimizer.GeneratorRate, usual);
        AddRate(advice, "optimizer.discriminatorRate", spec.Optimizer.DiscriminatorRate, usual);
        return advice;
    }

    private static void AddRate(List<SpecProblem> advice, string path, double rate, double usual)
    {
        var factor = Math.Max(rate / usual, usual / rate);
        if (factor > LargestRateFactor * (1 + 1e-9))
        {
            var times = rate > usual ? "times the paper's" : "times below the paper's";
            advice.Add(new(path, FormattableString.Invariant($"{path} is {rate:R}, {factor:G3} {times} {usual:R}; use a value from {usual / LargestRateFactor:R} to {usual * LargestRateFactor:R}.")));
        }
    }
}

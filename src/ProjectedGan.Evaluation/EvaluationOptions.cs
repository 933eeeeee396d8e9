using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Foundation;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Evaluation;

/// <summary>What to measure and on how many images.</summary>
public sealed record EvaluationOptions
{
    /// <summary>What to measure; each at most once.</summary>
    public IReadOnlyList<MetricKind> Metrics { get; init; } = [MetricKind.FrechetDistance];

    /// <summary>Generated images, at least 2. 50,000 is what published figures use.</summary>
    public int Samples { get; init; } = 50_000;

    /// <summary>Images a pass of generator and feature network. Figures do not depend on it.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Seed of latents, labels, noise, kernel subsets and resamples.</summary>
    public long Seed { get; init; }

    /// <summary>What covariances divide by; the default is the reference's.</summary>
    public CovarianceDivisor CovarianceDivisor { get; init; } = CovarianceDivisor.Count;

    /// <summary>Subsets of the kernel distance.</summary>
    public int KernelSubsets { get; init; } = 100;

    /// <summary>Samples of each kind in a subset of the kernel distance.</summary>
    public int KernelSubsetSize { get; init; } = 1000;

    /// <summary>Splits of the inception score.</summary>
    public int Splits { get; init; } = InceptionScore.DefaultSplits;

    /// <summary>
    /// Resamples of the generated samples for the standard deviation of the Fréchet distance, the figures of neighbourhoods and diversity,
    /// 2 or more; 0 for none. A Fréchet distance is computed anew for each.
    /// </summary>
    public int Resamples { get; init; }

    /// <summary>Keep single features of real images, too, in the cache: <see cref="MetricsRunner.Nearest"/> will need them.</summary>
    public bool KeepRealFeatures { get; init; }

    /// <summary>Threads that decode real images; 0 for one a processor.</summary>
    public int DecodingThreads { get; init; }

    /// <summary>Whether single features of generated samples are needed, not only their mean and covariance.</summary>
    internal bool NeedsFeatures => ComparesFeatures || Metrics.Contains(MetricKind.Diversity)
        || (Resamples > 0 && Metrics.Contains(MetricKind.FrechetDistance));

    /// <summary>Whether single features of real images are needed.</summary>
    internal bool NeedsRealFeatures => KeepRealFeatures || ComparesFeatures;

    /// <summary>Each k of the metrics of neighbourhoods.</summary>
    internal IReadOnlyList<int> Neighbours => [.. Metrics.Select(MetricKinds.Neighbour).OfType<int>().Distinct().Order()];

    /// <summary>Whether recall is among them, which alone needs the distances among generated samples.</summary>
    internal bool NeedsRecall => Metrics.Contains(MetricKind.PrecisionRecall) || Metrics.Contains(MetricKind.PrecisionRecall5);

    /// <summary>Whether real images take part.</summary>
    internal bool NeedsReal => Metrics.Any(metric => metric is not (MetricKind.InceptionScore or MetricKind.Diversity));

    private bool ComparesFeatures => Metrics.Contains(MetricKind.KernelDistance) || Neighbours.Count > 0;

    /// <summary>Checks everything at once.</summary>
    /// <exception cref="UsageException">Something is wrong; each problem is named on a line of its own.</exception>
    public void Validate()
    {
        List<string> problems = [];
        void Require(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }

        Require(Metrics.Count > 0, "metrics is empty; name at least one.");
        Require(Metrics.Distinct().Count() == Metrics.Count, $"metrics names one twice: {string.Join(", ", Metrics)}.");
        Require(Metrics.All(Enum.IsDefined), $"metrics holds an unknown one; known are {string.Join(", ", Enum.GetNames<MetricKind>())}.");
        Require(Samples >= 2, $"samples is {Samples}; it must be 2 or more.");
        Require(BatchSize >= 1, $"batchSize is {BatchSize}; it must be 1 or more.");
        Require(KernelSubsets >= 1, $"kernelSubsets is {KernelSubsets}; it must be 1 or more.");
        Require(KernelSubsetSize >= 2, $"kernelSubsetSize is {KernelSubsetSize}; it must be 2 or more.");
        Require(Splits >= 1, $"splits is {Splits}; it must be 1 or more.");
        Require(DecodingThreads >= 0, $"decodingThreads is {DecodingThreads}; it must be 0 (one a processor) or more.");
        Require(Resamples is 0 or >= 2, $"resamples is {Resamples}; it must be 2 or more, or 0 for none.");
        foreach (var metric in Metrics)
        {
            var neighbour = MetricKinds.Neighbour(metric) ?? 0;
            Require(Samples > neighbour, $"samples is {Samples}; {metric} needs more than its neighbour ({neighbour}).");
        }

        Require(!Metrics.Contains(MetricKind.InceptionScore) || Samples >= Splits, $"samples is {Samples}; the inception score needs at least splits ({Splits}).");
        if (problems.Count > 0)
        {
            throw new UsageException("Evaluation options: " + string.Join('\n', problems));
        }
    }
}

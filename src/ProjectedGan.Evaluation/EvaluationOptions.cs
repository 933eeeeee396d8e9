using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Torch;

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

    /// <summary>Seed of latents, labels, noise and kernel subsets.</summary>
    public long Seed { get; init; }

    /// <summary>What covariances divide by; the default is the reference's.</summary>
    public CovarianceDivisor CovarianceDivisor { get; init; } = CovarianceDivisor.Count;

    /// <summary>Subsets of the kernel distance.</summary>
    public int KernelSubsets { get; init; } = 100;

    /// <summary>Samples of each kind in a subset of the kernel distance.</summary>
    public int KernelSubsetSize { get; init; } = 1000;

    /// <summary>k of precision and recall.</summary>
    public int Neighbour { get; init; } = PrecisionRecall.DefaultNeighbour;

    /// <summary>Splits of the inception score.</summary>
    public int Splits { get; init; } = InceptionScore.DefaultSplits;

    /// <summary>Threads that decode real images; 0 for one a processor.</summary>
    public int DecodingThreads { get; init; }

    /// <summary>Whether single features are needed, not only their mean and covariance.</summary>
    internal bool NeedsFeatures => Metrics.Contains(MetricKind.KernelDistance) || Metrics.Contains(MetricKind.PrecisionRecall);

    /// <summary>Whether real images take part.</summary>
    internal bool NeedsReal => Metrics.Any(metric => metric != MetricKind.InceptionScore);

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
        Require(Neighbour >= 1, $"neighbour is {Neighbour}; it must be 1 or more.");
        Require(Splits >= 1, $"splits is {Splits}; it must be 1 or more.");
        Require(DecodingThreads >= 0, $"decodingThreads is {DecodingThreads}; it must be 0 (one a processor) or more.");
        Require(!Metrics.Contains(MetricKind.PrecisionRecall) || Samples > Neighbour, $"samples is {Samples}; precision and recall need more than neighbour ({Neighbour}).");
        Require(!Metrics.Contains(MetricKind.InceptionScore) || Samples >= Splits, $"samples is {Samples}; the inception score needs at least splits ({Splits}).");
        if (problems.Count > 0)
        {
            throw new UsageException("Evaluation options: " + string.Join('\n', problems));
        }
    }
}

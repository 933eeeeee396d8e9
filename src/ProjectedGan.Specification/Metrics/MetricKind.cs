namespace ProjectedGan.Specification.Metrics;

/// <summary>What can be measured.</summary>
public enum MetricKind
{
    /// <summary>The Fréchet distance; FID when the network is FID's own.</summary>
    FrechetDistance,

    /// <summary>The kernel distance; KID when the network is FID's own.</summary>
    KernelDistance,

    /// <summary>Improved precision and recall with the paper's 3 neighbours, two figures.</summary>
    PrecisionRecall,

    /// <summary>The inception score; only with a network that gives class probabilities.</summary>
    InceptionScore,

    /// <summary>Improved precision and recall with 5 neighbours.</summary>
    PrecisionRecall5,

    /// <summary>Density and coverage with 3 neighbours, two figures.</summary>
    DensityCoverage3,

    /// <summary>Density and coverage with the paper's 5 neighbours.</summary>
    DensityCoverage5,

    /// <summary>The mean distance between two generated samples.</summary>
    Diversity,
}

namespace ProjectedGan.Evaluation;

/// <summary>What can be measured.</summary>
public enum MetricKind
{
    /// <summary>The Fréchet distance; FID when the network is FID's own.</summary>
    FrechetDistance,

    /// <summary>The kernel distance; KID when the network is FID's own.</summary>
    KernelDistance,

    /// <summary>Improved precision and recall, two figures.</summary>
    PrecisionRecall,

    /// <summary>The inception score; only with a network that gives class probabilities.</summary>
    InceptionScore,
}

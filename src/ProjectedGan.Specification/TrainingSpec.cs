namespace ProjectedGan.Specification;

/// <summary>
/// Everything that a training run is: the weights are a function of these values and of the data set, bit for bit.
/// Fields marked <see cref="OutsideSpecHashAttribute"/> only say where things lie and how often something is looked at.
/// Defaults are the paper's reference (Sauer et al. 2021, code of 2022-03) unless a field says otherwise.
/// </summary>
public sealed record TrainingSpec
{
    /// <summary>Seed of every random stream of the run: weights, data order, latents, augmentation. 0 or more. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Images an iteration, over all replicas. A multiple of <see cref="Replicas"/>. Default 64 (paper, section 4).</summary>
    public int Batch { get; init; } = 64;

    /// <summary>
    /// Logical data-parallel ranks V, 1 to 4096: each normalises with its own batch. Workers host consecutive replicas, and
    /// the result does not depend on how many workers there are. Default 1.
    /// </summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Real images to show before the run ends, rounded up to whole iterations. At least 1. Default 1,000,000.</summary>
    [OutsideSpecHash("the state after an iteration does not depend on when the run ends, so that a run can be prolonged")]
    public long TotalImages { get; init; } = 1_000_000;

    /// <summary>
    /// Lets the discriminator's phase reuse the images that the generator's phase made in place of fresh ones. Faster by about a
    /// quarter on a CPU. Default false. Differs from the reference, which draws fresh latents.
    /// </summary>
    public bool SharedFakes { get; init; }

    /// <summary>What happens to NaN and ±Inf in the averaged gradient. Default <c>replace</c> (the reference).</summary>
    public NonFinitePolicy NonFinite { get; init; } = NonFinitePolicy.Replace;

    public DataSpec Data { get; init; } = new();

    public GeneratorSpec Generator { get; init; } = new();

    public FeatureSpec Features { get; init; } = new();

    public ProjectionSpec Projection { get; init; } = new();

    public DiscriminatorSpec Discriminator { get; init; } = new();

    public LossSpec Loss { get; init; } = new();

    public AugmentationSpec Augmentation { get; init; } = new();

    public BlurSpec Blur { get; init; } = new();

    public OptimizerSpec Optimizer { get; init; } = new();

    public EmaSpec Ema { get; init; } = new();

    public ScheduleSpec Schedule { get; init; } = new();

    public ExecutionSpec Execution { get; init; } = new();

    public ReductionSpec Reduction { get; init; } = new();

    public EvaluationSpec Evaluation { get; init; } = new();

    public ClusterSpec Cluster { get; init; } = new();
}

/// <summary>A Gaussian blur on everything that the discriminators see, fading out linearly. Off by default, as in the reference.</summary>
public sealed record BlurSpec
{
    /// <summary>Standard deviation in pixels at the start, 0 to 64; 0 turns the blur off. Default 0.</summary>
    public double InitialSigma { get; init; }

    /// <summary>Images after which the blur is gone, 0 or more. Default 0.</summary>
    public long FadeImages { get; init; }

    /// <summary>The standard deviation in pixels once <paramref name="imagesSeen"/> real images have been shown.</summary>
    public double Sigma(long imagesSeen) =>
        FadeImages > 0 ? Math.Max(1 - (imagesSeen / (double)FadeImages), 0) * InitialSigma : 0;
}

/// <summary>What the run asks of a cluster. <c>pgan train</c>, which is a cluster of one, ignores it.</summary>
public sealed record ClusterSpec
{
    /// <summary>Fewest workers to train with, 1 to <c>replicas</c>; below it the run waits. Default 1.</summary>
    [OutsideSpecHash("the result does not depend on the number of workers")]
    public int MinWorkers { get; init; } = 1;

    /// <summary>Most workers, from <see cref="MinWorkers"/> to <c>replicas</c>; 0 is <c>replicas</c>. Default 0.</summary>
    [OutsideSpecHash("the result does not depend on the number of workers")]
    public int MaxWorkers { get; init; }

    /// <summary>Higher ones go first, −100 to 100. Default 0.</summary>
    [OutsideSpecHash("scheduling only")]
    public int Priority { get; init; }
}

/// <summary>How gradients are summed over replicas.</summary>
public sealed record ReductionSpec
{
    /// <summary>Rounding of the sums' nodes. Default <c>float32</c>, none. Running statistics always travel unrounded.</summary>
    [HashedUnlessDefault]
    public WirePrecision Wire { get; init; } = WirePrecision.Float32;

    /// <summary>Bytes of gradient that travel as one bucket, 4,096 to 1 GiB. Default 4 MiB.</summary>
    [OutsideSpecHash("every element is summed along the same tree whatever bucket it is in")]
    public long BucketBytes { get; init; } = 4L << 20;
}

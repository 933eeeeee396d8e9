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

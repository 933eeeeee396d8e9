using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Specification;

/// <summary>
/// What is measured on the snapshots of <c>schedule.evaluationImages</c>, by a cluster's evaluator and by <c>pgan train</c>, which always measures
/// the Fréchet distance, too.
/// </summary>
public sealed record EvaluationSpec
{
    /// <summary>
    /// Names of metrics, separated by commas: FrechetDistance, KernelDistance, PrecisionRecall, InceptionScore, PrecisionRecall5,
    /// DensityCoverage3, DensityCoverage5, Diversity. The first one decides which snapshot is the best. Empty measures none. Default FrechetDistance.
    /// </summary>
    [OutsideSpecHash("evaluation only reads")]
    public string Metrics { get; init; } = "FrechetDistance";

    /// <summary>
    /// The network whose features are compared, for example inception_v3_fid; empty is the one that the discriminators see. Default empty.
    /// </summary>
    [OutsideSpecHash("evaluation only reads")]
    public string Network { get; init; } = "";

    /// <summary>Its weights: a file, or the name of imported ones. Needed where <see cref="Network"/> is given.</summary>
    [OutsideSpecHash("evaluation only reads")]
    public string Weights { get; init; } = "";

    /// <summary>
    /// How images are brought to the network's size: network (its own way; FID's is TensorFlow 1's bilinear resize) or clean (clean-fid's
    /// antialiased bicubic one, whose figures carry <c>_clean</c> in the network's name). Default network.
    /// </summary>
    [OutsideSpecHash("evaluation only reads")]
    public ImageResizing Resize { get; init; }

    /// <summary>Generated images, 2 to 1,000,000. Default 5,000; published figures use 50,000.</summary>
    [OutsideSpecHash("evaluation only reads")]
    public int Samples { get; init; } = 5_000;

    /// <summary>
    /// Resamples of the generated images for the standard deviation of each figure, 2 to 1,000; 0 for none. The features of all generated images
    /// are in memory then, and a Fréchet distance is computed anew for each resample. Default 0.
    /// </summary>
    [OutsideSpecHash("evaluation only reads")]
    public int Resamples { get; init; }

    /// <summary>Measures every snapshot; else a newer one takes the place of one that waits. Default false.</summary>
    [OutsideSpecHash("evaluation only reads")]
    public bool EverySnapshot { get; init; }

    /// <summary>Ends the run when the first metric has not improved for this many measured snapshots; 0 never. Default 0.</summary>
    [OutsideSpecHash("the state after an iteration does not depend on when the run ends")]
    public int StopAfter { get; init; }
}

/// <summary>How often something is looked at or saved, in real images shown. None of it touches the result.</summary>
public sealed record ScheduleSpec
{
    /// <summary>Images between two reports of losses and speed; at least 1. Default 1,000.</summary>
    [OutsideSpecHash("reporting only reads")]
    public long ReportImages { get; init; } = 1_000;

    /// <summary>Images between two sample grids; 0 makes none. Default 20,000.</summary>
    [OutsideSpecHash("snapshots only read")]
    public long SnapshotImages { get; init; } = 20_000;

    /// <summary>Images between two evaluations; 0 makes none. Default 50,000.</summary>
    [OutsideSpecHash("evaluation only reads")]
    public long EvaluationImages { get; init; } = 50_000;

    /// <summary>Images between two checkpoints; 0 writes one only at the end. Default 50,000.</summary>
    [OutsideSpecHash("checkpoints only read")]
    public long CheckpointImages { get; init; } = 50_000;

    /// <summary>Newest checkpoints that are kept, at least 1. Default 3.</summary>
    [OutsideSpecHash("checkpoints only read")]
    public int KeepCheckpoints { get; init; } = 3;
}

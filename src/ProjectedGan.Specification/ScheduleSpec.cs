namespace ProjectedGan.Specification;

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

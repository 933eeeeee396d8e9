namespace ProjectedGan.Coordinator.Experiments;

/// <summary>What became of a snapshot's evaluation.</summary>
public enum EvaluationState
{
    /// <summary>None was asked for.</summary>
    None,
    Queued,
    Running,
    Done,

    /// <summary>A newer snapshot took its place before it started.</summary>
    Superseded,
    Failed,
}

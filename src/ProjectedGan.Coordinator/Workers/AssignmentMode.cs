namespace ProjectedGan.Coordinator.Workers;

/// <summary>What a worker should do.</summary>
public enum AssignmentMode
{
    /// <summary>Nothing: drop the run.</summary>
    Idle,

    /// <summary>Prepare for the run.</summary>
    Warm,

    /// <summary>Leave the epoch before, be at an iteration's boundary and wait.</summary>
    Hold,

    /// <summary>Train in the epoch.</summary>
    Train,

    /// <summary>As hold, and upload a checkpoint when it hosts replica 0 or <see cref="WorkerAssignment.Uploads"/> says so.</summary>
    Pause,
}

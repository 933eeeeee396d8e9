namespace ProjectedGan.Coordinator.Workers;

/// <summary>What a worker says that it does.</summary>
public enum WorkerPhase
{
    Idle,

    /// <summary>Fetching files, checking the dataset, building networks.</summary>
    Warming,

    /// <summary>Ready for a membership epoch.</summary>
    Warm,

    /// <summary>Stopped at an iteration's boundary for an epoch.</summary>
    Held,

    /// <summary>Copying the state of another member.</summary>
    Syncing,
    Training,

    /// <summary>At the last iteration.</summary>
    Finished,

    /// <summary>It cannot do what is asked.</summary>
    Failed,
}

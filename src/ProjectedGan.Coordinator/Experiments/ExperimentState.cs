namespace ProjectedGan.Coordinator.Experiments;

/// <summary>Where an experiment is; docs/scheduling.md draws the transitions.</summary>
public enum ExperimentState
{
    /// <summary>Nothing was submitted under this id.</summary>
    None,

    /// <summary>Waits for workers.</summary>
    Queued,

    /// <summary>Has workers, which prepare.</summary>
    Starting,

    /// <summary>Trains, or changes its members between two iterations.</summary>
    Running,

    /// <summary>Has fewer workers than its minimum; goes on when they return.</summary>
    Waiting,

    /// <summary>Stops with a checkpoint.</summary>
    Pausing,

    /// <summary>Holds no workers until it is resumed.</summary>
    Paused,

    /// <summary>Trained to its end; evaluations may be under way.</summary>
    Completed,

    /// <summary>Ended by a user.</summary>
    Cancelled,

    /// <summary>Ended by an error.</summary>
    Failed,
}

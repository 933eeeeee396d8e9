namespace ProjectedGan.Coordinator.Experiments;

/// <summary>What the members of a membership epoch are told.</summary>
public enum EpochPhase
{
    /// <summary>There are no members.</summary>
    None,

    /// <summary>Stop at an iteration's boundary.</summary>
    Holding,

    /// <summary>Train.</summary>
    Training,

    /// <summary>Stop at an iteration's boundary; the uploader sends a checkpoint.</summary>
    Stopping,
}

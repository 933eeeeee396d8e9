namespace ProjectedGan.Coordinator.Membership;

/// <summary>Why a membership epoch ended, as a metric's label.</summary>
internal enum EpochEnd
{
    Lost,
    Joined,
    Left,
    Failed,
    Unreachable,
    Checksum,
    Expelled,
    Stopped,
    Unresponsive,

    /// <summary>An exchange broke and nobody was to blame.</summary>
    Broken,

    /// <summary>All have trained to the end, and the last checkpoint did not arrive.</summary>
    Unsaved,
}

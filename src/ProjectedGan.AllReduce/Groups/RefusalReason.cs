namespace ProjectedGan.AllReduce.Groups;

/// <summary>Why a frame was not used.</summary>
public enum RefusalReason
{
    /// <summary>Fields that contradict each other, or an unknown kind.</summary>
    Malformed,

    /// <summary>Another run's.</summary>
    ForeignRun,

    /// <summary>Another membership epoch's.</summary>
    StaleEpoch,

    /// <summary>It names another sender than the stream's.</summary>
    WrongSender,

    /// <summary>Its reduction is complete.</summary>
    StaleKey,

    /// <summary>It was received before.</summary>
    Duplicate,

    /// <summary>Nobody asked for it: not this worker's chunk, not the sender's node, not granted, a result before the contribution.</summary>
    Unsolicited,

    /// <summary>It exceeds what the sender may send unasked.</summary>
    OverCredit,

    /// <summary>The sender's bucket has another length or format than this worker's.</summary>
    Mismatch,
}

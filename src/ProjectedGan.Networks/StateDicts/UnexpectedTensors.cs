namespace ProjectedGan.Networks.StateDicts;

/// <summary>What to do with tensors of a file that the module does not have.</summary>
public enum UnexpectedTensors
{
    /// <summary>They are an error.</summary>
    Reject,

    /// <summary>They are left out.</summary>
    Ignore,
}

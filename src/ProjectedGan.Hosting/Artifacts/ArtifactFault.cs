namespace ProjectedGan.Hosting.Artifacts;

/// <summary>What is wrong with an artifact, as callers tell it apart.</summary>
public enum ArtifactFault
{
    /// <summary>A name, length or offset that cannot be.</summary>
    Invalid,

    /// <summary>It is not here as a whole.</summary>
    Missing,

    /// <summary>The bytes are not those of its name.</summary>
    Damaged,

    /// <summary>It is larger than the store takes.</summary>
    TooLarge,

    /// <summary>The disk has no room; what had arrived is kept.</summary>
    DiskFull,

    /// <summary>Another upload of the same artifact is under way.</summary>
    Busy,

    /// <summary>The folder cannot be read or written.</summary>
    Unreadable,
}

namespace ProjectedGan.Coordinator.Contracts;

/// <summary>The files that nodes fetch; the host keeps them.</summary>
public interface IHeldArtifacts
{
    /// <summary>
    /// Whether a file can be fetched as a whole; true as well where that cannot be found out, for experiments go back to an older checkpoint, or
    /// fail, for a file that is gone. Called often, from any thread, and must return quickly.
    /// </summary>
    bool Has(ArtifactReference artifact);
}

/// <summary>For hosts without files.</summary>
internal sealed class AllArtifacts : IHeldArtifacts
{
    public bool Has(ArtifactReference artifact) => true;
}

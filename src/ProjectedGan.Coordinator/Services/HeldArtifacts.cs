using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Artifacts;

namespace ProjectedGan.Coordinator.Services;

/// <summary>What of the artifacts can be fetched from this coordinator.</summary>
internal sealed class HeldArtifacts(ArtifactStore store) : IHeldArtifacts
{
    public bool Has(ArtifactReference artifact) => !store.IsThere || (ArtifactDigest.IsDigest(artifact.Digest) && store.Contains(ArtifactDigest.Parse(artifact.Digest)));
}

using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Holds nodes to their word: what they announce must lie in the store as a whole.</summary>
internal static class StoredFiles
{
    /// <exception cref="CoordinationException">A file is missing, or has another length than announced.</exception>
    public static void Check(ArtifactStore store, IEnumerable<Artifact> files)
    {
        foreach (Artifact file in files)
        {
            ArtifactState state = ArtifactDigest.IsDigest(file.Digest) ? store.Stat(ArtifactDigest.Parse(file.Digest)) : default;
            if (!state.Complete || state.Bytes != file.Bytes)
            {
                throw new CoordinationException($"Artifact '{ClusterMessages.Bounded(file.Digest)}' of {file.Bytes} bytes is announced, but not here as a whole.");
            }
        }
    }
}

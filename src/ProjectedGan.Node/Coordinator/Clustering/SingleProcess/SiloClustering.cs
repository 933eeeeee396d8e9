using ProjectedGan.Torch;

namespace ProjectedGan.Node.Coordinator.Clustering;

/// <summary>Clustering of a build with the Orleans stand-in: one process.</summary>
internal static class SiloClustering
{
    /// <exception cref="UsageException">More than one process is asked for.</exception>
    public static void Check(ClusteringKind kind)
    {
        if (kind != ClusteringKind.None)
        {
            throw new UsageException($"--clustering {kind.ToString().ToLowerInvariant()}: this build hosts its grains in one process; several coordinators need a build with -p:OfficialPackages=true (docs/dependencies.md).");
        }
    }

    /// <summary>Nothing is to be set up for one process.</summary>
    public static void AddTo(ISiloBuilder silo, ClusteringKind kind, string connectionString)
    {
    }
}

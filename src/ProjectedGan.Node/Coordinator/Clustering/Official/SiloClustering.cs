using ProjectedGan.Torch;

namespace ProjectedGan.Node.Coordinator.Clustering;

/// <summary>Clustering of a build with the official Orleans packages.</summary>
internal static class SiloClustering
{
    private const string Postgres = "Npgsql";

    /// <exception cref="UsageException">Never: this build has every kind.</exception>
    public static void Check(ClusteringKind kind)
    {
    }

    public static void AddTo(ISiloBuilder silo, ClusteringKind kind, string connectionString)
    {
        if (kind == ClusteringKind.None)
        {
            silo.UseLocalhostClustering();
            return;
        }

        silo.UseAdoNetClustering(options =>
        {
            options.Invariant = Postgres;
            options.ConnectionString = connectionString;
        });
        if (kind == ClusteringKind.Kubernetes)
        {
            silo.UseKubernetesHosting();
        }
    }
}
